// The page that the service worker shows while the server cannot be reached. It says that there is no connection, in the
// language and the colours of the last page, with the number of changes that this device keeps of the account that was used
// last. If the device keeps a book, the program opens it, at the address that was wanted. Otherwise the wanted page is opened
// as soon as the server answers.
(() => {
  const root = document.documentElement;
  const DATABASE = "family-budget";
  // What the program draws. Other pages come from the server.
  const PAGES = ["/", "/plan", "/household"];
  // A program that has not started after this time is given up.
  const PATIENCE = 15_000;
  // A book that nobody has used for this time is dropped: whoever has the device now may be somebody else.
  const MOST_AGE = 60 * 24 * 3_600_000;
  let last = {};
  let bookOf;
  let lookedAt;
  let left = false;
  // A browser may be configured to store nothing.
  try {
    last = JSON.parse(localStorage.getItem("shell")) ?? {};
    // The account that is signed in (frontend/src/book_choice.rs). A browser that was killed may have lost it.
    bookOf = localStorage.getItem("book-of");
    // The household whose page was looked at last.
    lookedAt = localStorage.getItem("book-looked-at");
  } catch {}
  const wanted = last.lang ?? navigator.language.slice(0, 2);
  const texts = [...document.querySelectorAll("[data-title]")];
  const shown = texts.find(({ lang }) => lang === wanted) ?? texts[0];
  root.lang = shown.lang;
  if (last.theme) root.dataset.theme = last.theme;

  const result = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  // Carries out `use` on the device's database. Fails if there is none: only the program creates it.
  const within = async (use) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.transaction.abort();
    const database = await result(opening);
    try {
      return await use(database);
    } finally {
      database.close();
    }
  };

  const read = (text) => {
    try {
      return JSON.parse(text);
    } catch {}
  };
  // When a UUIDv7 was made, in Unix milliseconds; `NaN` for another text.
  const timeOf = (id) => Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
  // The book that was looked at last, or else was kept last, and whose it is.
  const keptBook = () =>
    within(async (database) => {
      const transaction = database.transaction(["who", "book"], "readwrite", { durability: "strict" });
      const [readers, books] = ["who", "book"].map((name) => transaction.objectStore(name));
      const [keys, all] = await Promise.all([result(readers.getAllKeys()), result(readers.getAll())]);
      const used = (at) => String(read(all[at])?.used ?? "");
      const rank = (at) => (keys[at][1] === lookedAt ? "1" : "0") + used(at);
      let best;
      for (const at of all.keys()) {
        if (Date.now() - timeOf(used(at)) > MOST_AGE) {
          // With its older facts: an array is after every string.
          for (const store of [readers, books]) store.delete(IDBKeyRange.bound(keys[at], [...keys[at], []]));
        } else if (keys[at][0] === (bookOf ?? keys[at][0]) && (best === undefined || rank(at) > rank(best))) best = at;
      }
      if (best === undefined) return undefined;
      const book = await result(books.get(keys[best]));
      return { account: keys[best][0], reader: all[best], book };
    });
  // Another build may have written it: the server has it, too.
  const dropBooks = () =>
    within((database) => {
      const transaction = database.transaction(["who", "book"], "readwrite", { durability: "strict" });
      for (const name of ["who", "book"]) transaction.objectStore(name).clear();
      return new Promise((done) => (transaction.oncomplete = done));
    });

  // Shows what becomes of a program that crashes (frontend/shell/stopped.js).
  const watch = () => {
    document.body.append(shown.querySelector("template").content);
    const script = Object.assign(document.createElement("script"), { src: "/stopped.js" });
    document.head.append(script);
    return new Promise((done) => (script.onload = script.onerror = done));
  };
  // Whether the program runs over the book of the device.
  const openBook = async () => {
    const { script, wasm } = root.dataset;
    const found = script && PAGES.includes(location.pathname) && (await keptBook());
    if (!found?.book) return false;
    const program = await import(script);
    await program.default({ module_or_path: wasm });
    await watch();
    if (left) return false;
    if (await program.open_kept(found.account, found.reader, found.book)) return true;
    document.getElementById("stopped")?.remove();
    await dropBooks();
    return false;
  };

  // The page that was wanted. Whoever opened /offline itself gets Today.
  const open = () => (location.pathname === "/offline" ? location.replace("/") : location.reload());
  let looking = false;
  let running = false;
  let next = 0;
  // Not every device of a household at the same time.
  const later = () => {
    next = setTimeout(look, 2_000 + 2_000 * Math.random());
  };
  const look = async () => {
    if (looking || running) return;
    clearTimeout(next);
    // What nobody looks at asks nothing; it looks again once it is visible.
    if (document.hidden) return;
    looking = true;
    const answer = await fetch("/readyz", { cache: "no-store", signal: AbortSignal.timeout(4_000) }).catch(() => undefined);
    // The program may have started meanwhile. It goes on by itself, and a reload would lose what is typed.
    if (running) return;
    // A proxy may keep this address to itself: whatever is no error of a server is an answer.
    if (answer && answer.status < 500) return open();
    looking = false;
    later();
  };

  const count = async () => {
    // After signing out there is no account, and nothing is said of anybody.
    if (!last.account) return;
    // An array is after every string.
    const own = IDBKeyRange.bound([last.account], [last.account, []]);
    const number = await within((database) => result(database.transaction("outbox").objectStore("outbox").count(own)));
    const kept = shown.querySelector("[data-kept]");
    kept.hidden = number === 0;
    kept.querySelector("[data-count]").textContent = number;
  };
  // Signs out on this device, as public/signing-out.js does: erases the book, and names the session that the server shall end
  // with the next request of this browser. What waits to be sent stays.
  const signOut = async () => {
    left = true;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `signed-out=${last.session}; Path=/; SameSite=Lax; Max-Age=${60 * 24 * 3600}${secure}`;
    const { account, session, ...rest } = last;
    last = rest;
    try {
      for (const name of ["book-of", "book-looked-at"]) localStorage.removeItem(name);
      localStorage.setItem("shell", JSON.stringify(rest));
    } catch {}
    await Promise.race([dropBooks(), new Promise((done) => setTimeout(done, 3_000))]).catch(() => {});
    // Other pages of this browser show the book as well.
    if (typeof BroadcastChannel === "function") new BroadcastChannel("signed-out").postMessage("");
    for (const name of ["kept", "book", "leave"]) shown.querySelector(`[data-${name}]`).hidden = true;
    shown.querySelector("[data-left]").hidden = false;
  };
  // At once: the program may take long, and there may be no book.
  const say = () => {
    document.title = shown.dataset.title;
    shown.hidden = false;
    count().catch(() => {});
    // The book of the device is on the pages of the program.
    if (!PAGES.includes(location.pathname))
      keptBook().then((found) => (shown.querySelector("[data-book]").hidden = !found?.book)).catch(() => {});
    shown.querySelector("button").addEventListener("click", open);
    const leave = shown.querySelector("[data-leave]");
    leave.hidden = !last.session;
    leave.addEventListener("click", signOut);
  };
  let waiting = false;
  const wait = () => {
    if (waiting) return;
    waiting = true;
    // Not at once: the page itself did not come a moment ago.
    later();
    addEventListener("online", look);
    addEventListener("pageshow", ({ persisted }) => persisted && look());
    document.addEventListener("visibilitychange", look);
  };

  say();
  const late = setTimeout(wait, PATIENCE);
  openBook()
    .catch(() => false)
    .then((opened) => {
      clearTimeout(late);
      if (!opened) return wait();
      // If the program was late, this page looks for the server already.
      running = true;
      clearTimeout(next);
      for (const text of texts) text.remove();
    });
})();
