// Signing out and deleting: asks what becomes of the changes that wait on this device to be sent, says how many there are, and
// erases the device's copies of the book. The program of the live pages stores both (frontend/src/outbox_store.rs).

// The database has one version for good.
const DATABASE = "family-budget";
const COMMANDS = "outbox";
const COPIES = ["book", "who"];
// A database that does not answer must not keep anybody signed in.
const PATIENCE_MS = 3000;
// What the next page of this tab shall do; the program of the live pages reads and writes it as well.
const MARK = "sign-out";
// Whether this device keeps a copy of the book, and of which account.
const KEEPS = "offline-book";
const BOOK_OF = "book-of";
const LOOKED_AT = "book-looked-at";

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
// no database, or one without these stores, and if it answers too late.
async function within(stores, mode, use, patience = PATIENCE_MS) {
  const begun = Date.now();
  const request = indexedDB.open(DATABASE);
  // The program makes it, with its stores.
  request.onupgradeneeded = () => request.transaction.abort();
  const database = await result(request);
  try {
    // Nobody waits for it any more, and the person may have decided otherwise.
    if (Date.now() - begun > patience) throw new Error("the database has answered too late");
    const transaction = database.transaction(stores, mode, { durability: "strict" });
    const ended = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    // It may have ended by then.
    const giveUp = () => {
      try {
        transaction.abort();
      } catch {}
    };
    const tooLate = Number.isFinite(patience) && setTimeout(giveUp, begun + patience - Date.now());
    ended.finally(() => clearTimeout(tooLate)).catch(() => {});
    const used = use(transaction);
    // A tab that is frozen now must not hold the transaction open.
    Promise.resolve(used)
      .then(() => transaction.commit?.(), giveUp)
      .catch(() => {});
    await ended;
    return await used;
  } finally {
    database.close();
  }
}

const late = () => new Promise((_, reject) => setTimeout(reject, PATIENCE_MS));
const soon = (work) => Promise.race([work, late()]);

const eraseCopies = () =>
  soon(within(COPIES, "readwrite", (transaction) => COPIES.forEach((name) => transaction.objectStore(name).clear()))).catch(() => {});

// Erases the copies of the book, because another person may use this device next. From now on no tab stores another one, not
// even one that wakes up late. The page that is shown without a network (frontend/shell/offline.js) has nobody's changes to
// count any more.
function erase() {
  // A browser may be configured to store nothing.
  try {
    for (const name of [BOOK_OF, LOOKED_AT]) localStorage.removeItem(name);
    const { account, session, ...shell } = JSON.parse(localStorage.getItem("shell")) ?? {};
    if (account) localStorage.setItem("shell", JSON.stringify(shell));
  } catch {}
  return eraseCopies();
}

// The records of an account, or of one of its households. An array is after every string.
const range = (...owner) => IDBKeyRange.bound(owner, [...owner, []]);

// The stored changes by their keys.
async function stored(...owner) {
  const [keys, values] = await soon(within(COMMANDS, "readonly", (transaction) => all(transaction, range(...owner))));
  return new Map(keys.map((key, at) => [key.join(" "), values[at]]));
}

function all(transaction, keys) {
  const store = transaction.objectStore(COMMANDS);
  return Promise.all([result(store.getAllKeys(keys)), result(store.getAll(keys))]);
}

// Another build may have stored it in another shape.
function isRefused(record) {
  try {
    return JSON.parse(record).refusal != null;
  } catch {
    return false;
  }
}

// Deletes the changes that were shown, and returns true. If others were made since, or one of these was changed or refused, it
// deletes nothing and returns false. What was sent meanwhile does not matter.
async function discard(account, shown) {
  const one = range(account);
  const deleteShown = async (transaction) => {
    const [keys, values] = await all(transaction, one);
    if (!keys.every((key, at) => shown.get(key.join(" ")) === values[at])) return undefined;
    transaction.objectStore(COMMANDS).delete(one);
    return keys;
  };
  const keys = await soon(within(COMMANDS, "readwrite", deleteShown));
  if (keys?.length) tell(account, keys);
  return keys !== undefined;
}

// A deleted account sends nothing any more. Nobody waits for the database here.
async function discardAll(account) {
  const one = range(account);
  const deleteAll = async (transaction) => {
    const [keys] = await all(transaction, one);
    transaction.objectStore(COMMANDS).delete(one);
    return keys;
  };
  tell(account, await within(COMMANDS, "readwrite", deleteAll, Number.POSITIVE_INFINITY));
}

// Other tabs would send what they know.
function tell(account, keys) {
  if (typeof BroadcastChannel !== "function") return;
  const commands = keys.map((key) => key.at(-1));
  new BroadcastChannel(COMMANDS).postMessage([account, "discarded", ...commands].join(" "));
}

// Shows how many of the stored changes wait to be sent, and how many were refused, in an element.
function show(element, records) {
  const refused = [...records.values()].filter(isRefused).length;
  const counts = { waiting: records.size - refused, refused };
  for (const place of element.querySelectorAll("[data-count]")) {
    const number = counts[place.dataset.count];
    place.textContent = number;
    place.closest("p").hidden = number === 0;
  }
}

// Another person may be signed in by the next page.
async function replace(form) {
  await erase();
  form.submit();
}

// How long the server may take to sign out.
const ANSWER_MS = 6000;
// Names the session that the server shall end with the next request of this browser, whichever page makes it
// (server/src/http/session.rs). It lives as long as an unused session.
const LEFT = "signed-out";
const SESSION_SECONDS = 60 * 24 * 3600;

// On this channel the other live pages of this browser hear that they show the book to nobody (frontend/src/browser.rs). Without a
// network the server does not tell them.
const SIGNED_OUT = "signed-out";

// Signs out. Whatever the server answers, the book does not stay on this device, nor on its screen.
async function leave(form) {
  await erase();
  if (typeof BroadcastChannel === "function") new BroadcastChannel(SIGNED_OUT).postMessage("");
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${LEFT}=${form.dataset.session}; Path=/; SameSite=Lax; Max-Age=${SESSION_SECONDS}${secure}`;
  // Undefined if the server cannot be reached. A proxy answers for one that is away; what the server itself says has an id.
  const ask = async (path, method, body) => {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const answer = await fetch(path, { method, body, cache: "no-store", redirect: "manual", signal }).catch(() => undefined);
    return answer && (answer.status < 500 || answer.headers.has("x-request-id")) ? answer : undefined;
  };
  const done = () => location.replace("/sign-in");
  const answer = await ask("/sign-out", "POST", new URLSearchParams(new FormData(form)));
  // The answer that leads to another page has the status 0 here.
  if (answer?.status < 400) done();
  // Why the server refuses it is on the page that it answers with.
  else if (answer) form.submit();
  // Another person may have signed in by the time of a later attempt: any page ends the session that is named, and no other.
  else unreached(one("template[data-unreached]"), async () => (await ask("/sign-in", "GET"))?.status < 500 && done());
}

// Says that the session on the server goes on for now, on a page that shows nothing of the person any more, and ends it as soon
// as the server answers.
function unreached(text, end) {
  const page = text.content.cloneNode(true);
  document.title = page.querySelector("h1").textContent;
  document.body.replaceChildren(page);
  one("h1").focus();
  let asking = false;
  let next = 0;
  const look = async () => {
    clearTimeout(next);
    if (asking) return;
    asking = true;
    await end();
    asking = false;
    later();
  };
  // Not every device of a household at the same time.
  const later = () => {
    next = setTimeout(look, 2000 + 2000 * Math.random());
  };
  one("[data-end-session]").addEventListener("click", look);
  for (const [target, name] of [[window, "online"], [window, "pageshow"], [document, "visibilitychange"]]) target.addEventListener(name, look);
  later();
}

// The question before somebody signs out while changes wait.
function question(form, dialog) {
  const account = form.dataset.signOut;
  const notes = dialog.querySelectorAll("[data-note]");
  const note = (which) => {
    for (const text of notes) text.hidden = text.dataset.note !== which;
  };
  let shown = new Map();
  const ask = async (which) => {
    shown = await stored(account).catch(() => new Map());
    if (shown.size === 0) return leave(form);
    show(dialog, shown);
    note(which);
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
      discard(account, shown).then(
        (done) => (done ? leave(form) : ask("changed")),
        () => note("failed"),
      ),
    cancel: () => dialog.close(),
  };
  for (const button of dialog.querySelectorAll("[data-choice]")) button.addEventListener("click", choices[button.dataset.choice]);
  // The program has sent what it could.
  if (mark(MARK, null) === "ask") ask();
}

const form = one("form[data-sign-out]");
if (form) question(form, one("dialog[data-ask]"));

// What waits. Other pages send it meanwhile, and tell so.
async function count(element) {
  const records = await stored(...element.dataset.waits.split(" "));
  const none = records.size === 0;
  show(element, records);
  const gone = element.querySelector("[data-gone]");
  // What was never said needs no end.
  if (gone) {
    gone.hidden = !none;
    element.querySelector("[data-there]").hidden = none;
    if (none && element.hidden) return;
  }
  element.hidden = none && !gone;
}
const waits = document.querySelectorAll("[data-waits]");
const countAll = () => {
  for (const element of waits) count(element).catch(() => {});
};
if (waits.length > 0) {
  countAll();
  if (typeof BroadcastChannel === "function") new BroadcastChannel(COMMANDS).addEventListener("message", countAll);
  window.addEventListener("pageshow", ({ persisted }) => persisted && countAll());
  document.addEventListener("visibilitychange", () => document.hidden || countAll());
}

// The copy of the book on this device. The program reads the choice before it stores one (frontend/src/book_choice.rs). Without a
// service worker there is none, and nothing to choose.
async function offerBook(offered) {
  const registered = await navigator.serviceWorker?.getRegistration().catch(() => undefined);
  if (!registered) return;
  const choice = offered.querySelector("input");
  choice.checked = localStorage.getItem(KEEPS) !== "off";
  choice.addEventListener("change", () => {
    localStorage.setItem(KEEPS, choice.checked ? "on" : "off");
    if (!choice.checked) eraseCopies();
  });
  offered.hidden = false;
}
const offered = one("[data-keeps-book]");
// A browser may be configured to store nothing.
if (offered) offerBook(offered).catch(() => {});

const deleted = one("[data-deleted]")?.dataset.deleted;
if (deleted) discardAll(deleted).catch(() => {});
for (const form of document.querySelectorAll("form[data-enters]")) {
  // Whoever is signed in goes on with the copies until another person signs in.
  if (form.dataset.enters === "replaces")
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      replace(form);
    });
  // Nobody is signed in here: by whatever way that happened, nobody shall see the book, and what somebody has asked for in this
  // tab does not concern whoever signs in next.
  else {
    mark(MARK, null);
    erase();
  }
}
