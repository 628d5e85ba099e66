// The page that is shown while the server cannot be reached: in the language and the colours of the last page, with the
// number of changes that this device keeps. It opens the page itself as soon as the server answers.
(() => {
  const root = document.documentElement;
  let last = {};
  // A browser may be configured to store nothing.
  try {
    last = JSON.parse(localStorage.getItem("shell")) ?? {};
  } catch {}
  const wanted = last.lang ?? navigator.language.slice(0, 2);
  const texts = [...document.querySelectorAll("[data-title]")];
  const shown = texts.find(({ lang }) => lang === wanted) ?? texts[0];
  root.lang = shown.lang;
  if (last.theme) root.dataset.theme = last.theme;
  document.title = shown.dataset.title;
  shown.hidden = false;

  const count = (database) => {
    const counting = database.transaction("outbox").objectStore("outbox").count();
    counting.onsuccess = () => {
      database.close();
      const kept = shown.querySelector("[data-kept]");
      kept.hidden = counting.result === 0;
      kept.querySelector("[data-count]").textContent = counting.result;
    };
  };
  try {
    const opening = indexedDB.open("family-budget", 1);
    // There is none. Only the program creates it.
    opening.onupgradeneeded = () => opening.transaction.abort();
    opening.onsuccess = () => count(opening.result);
  } catch {}

  // The page that was wanted. Whoever opened /offline itself gets Today.
  const open = () => (location.pathname === "/offline" ? location.replace("/") : location.reload());
  let looking = false;
  let next = 0;
  // Not every device of a household at the same time.
  const later = () => {
    next = setTimeout(look, 2_000 + 2_000 * Math.random());
  };
  const look = async () => {
    if (looking) return;
    clearTimeout(next);
    // What nobody looks at asks nothing; it looks again once it is visible.
    if (document.hidden) return;
    looking = true;
    const answer = await fetch("/readyz", { cache: "no-store", signal: AbortSignal.timeout(4_000) }).catch(() => undefined);
    // A proxy may keep this address to itself: whatever is no error of a server is an answer.
    if (answer && answer.status < 500) return open();
    looking = false;
    later();
  };
  // Not at once: the page itself did not come a moment ago.
  later();
  addEventListener("online", look);
  addEventListener("pageshow", ({ persisted }) => persisted && look());
  document.addEventListener("visibilitychange", look);
  shown.querySelector("button").addEventListener("click", open);
})();
