// Signing out and deleting: asks what becomes of the changes that wait on this device to be sent, and erases the
// device's copies of the book. The program of the live pages stores both (frontend/src/outbox_store.rs).

// The database has one version for good.
const DATABASE = "family-budget";
const COMMANDS = "outbox";
const COPIES = ["book", "who"];
// A database that does not answer must not keep anybody signed in.
const PATIENCE_MS = 3000;
// What the next page of this tab shall do; the program of the live pages reads and writes it as well.
const MARK = "sign-out";
// Whether this device keeps a copy of the book.
const KEEPS = "offline-book";

const one = (selector) => document.querySelector(selector);

// A browser may be configured to store nothing.
function mark(name, text) {
  try {
    const before = sessionStorage.getItem(name);
    if (text === null) sessionStorage.removeItem(name);
    else if (text !== undefined) sessionStorage.setItem(name, text);
    return before;
  } catch {
    return null;
  }
}

const result = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

// Carries out `use` in one transaction, and returns its result once the transaction has ended. Fails if the device has
// no database, or one without these stores.
async function within(stores, mode, use) {
  const begun = Date.now();
  const request = indexedDB.open(DATABASE);
  // The program makes it, with its stores.
  request.onupgradeneeded = () => request.transaction.abort();
  const database = await result(request);
  try {
    // Nobody waits for it any more, and the person may have decided otherwise.
    if (Date.now() - begun > PATIENCE_MS) throw new Error("the database has answered too late");
    const transaction = database.transaction(stores, mode, { durability: "strict" });
    const ended = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const used = use(transaction);
    transaction.commit?.();
    await ended;
    return await used;
  } finally {
    database.close();
  }
}

const late = () => new Promise((_, reject) => setTimeout(reject, PATIENCE_MS));
const soon = (work) => Promise.race([work, late()]);

// Erases the copies of the book.
const erase = () =>
  soon(within(COPIES, "readwrite", (transaction) => COPIES.forEach((name) => transaction.objectStore(name).clear()))).catch(() => {});

// The records of an account, or of one of its households. An array is after every string.
const range = (...owner) => IDBKeyRange.bound(owner, [...owner, []]);

// How many of the stored changes wait to be sent, and how many were refused.
async function count(...owner) {
  const read = within(COMMANDS, "readonly", (transaction) => result(transaction.objectStore(COMMANDS).getAll(range(...owner))));
  const records = await soon(read).catch(() => []);
  const refused = records.filter(isRefused).length;
  return { waiting: records.length - refused, refused };
}

// Another build may have stored it in another shape.
function isRefused(record) {
  try {
    return JSON.parse(record).refusal != null;
  } catch {
    return false;
  }
}

async function discard(account) {
  await soon(within(COMMANDS, "readwrite", (transaction) => transaction.objectStore(COMMANDS).delete(range(account))));
  // Other tabs would send what they know.
  if (typeof BroadcastChannel === "function") new BroadcastChannel(COMMANDS).postMessage(`${account} discarded`);
}

// Shows the numbers in an element; returns false if nothing waits.
async function show(element, ...owner) {
  const counts = await count(...owner);
  for (const place of element.querySelectorAll("[data-count]")) {
    const number = counts[place.dataset.count];
    place.textContent = number;
    place.closest("p").hidden = number === 0;
  }
  return counts.waiting + counts.refused > 0;
}

async function leave(form) {
  await erase();
  form.submit();
}

// The question before somebody signs out while changes wait.
function question(form, dialog) {
  const account = form.dataset.signOut;
  const ask = async () => {
    if (!(await show(dialog, account))) return leave(form);
    one("[data-failed]").hidden = true;
    if (!dialog.open) dialog.showModal();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  const choices = {
    send() {
      mark(MARK, "send");
      location.assign("/");
    },
    keep: () => leave(form),
    discard: () =>
      discard(account).then(
        () => leave(form),
        () => (one("[data-failed]").hidden = false),
      ),
    cancel: () => dialog.close(),
  };
  for (const button of dialog.querySelectorAll("[data-choice]")) button.addEventListener("click", choices[button.dataset.choice]);
  // The program has sent what it could.
  if (mark(MARK, null) === "ask") ask();
}

const form = one("form[data-sign-out]");
if (form) {
  question(form, one("dialog[data-ask]"));
  // A deletion that was refused leads back here.
  mark("deletes", null);
}
for (const element of document.querySelectorAll("[data-waits]"))
  show(element, ...element.dataset.waits.split(" ")).then((waits) => (element.hidden = !waits));

// The copy of the book on this device. The program reads the choice before it stores one (frontend/src/browser.rs). Without a
// service worker there is none, and nothing to choose.
async function offerBook(offered) {
  const registered = await navigator.serviceWorker?.getRegistration().catch(() => undefined);
  if (!registered) return;
  const choice = offered.querySelector("input");
  choice.checked = localStorage.getItem(KEEPS) !== "off";
  choice.addEventListener("change", () => {
    localStorage.setItem(KEEPS, choice.checked ? "on" : "off");
    if (!choice.checked) erase();
  });
  offered.hidden = false;
}
const offered = one("[data-keeps-book]");
// A browser may be configured to store nothing.
if (offered) offerBook(offered).catch(() => {});

// A deleted account sends nothing any more. Only the tab that asked for the deletion knows which one it was.
one("form[data-deletes]")?.addEventListener("submit", ({ currentTarget }) => mark("deletes", currentTarget.dataset.deletes));
if (one("[data-deleted]")) {
  const deleted = mark("deletes", null);
  if (deleted) discard(deleted).catch(() => {});
}
// Nobody is signed in here: by whatever way that happened, nobody shall see the book, and what somebody has asked for in this
// tab does not concern whoever signs in next.
if (one("[data-enters]")) {
  mark(MARK, null);
  mark("deletes", null);
  erase();
}
