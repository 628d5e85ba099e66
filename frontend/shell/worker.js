// Gives the browser the worker that keeps the files of the program (frontend/shell/sw.js), once the program runs.
(() => {
  const root = document.documentElement;
  // For the page that is shown while the server cannot be reached. A browser may be configured to store nothing.
  try {
    const { theme, account, session } = root.dataset;
    localStorage.setItem("shell", JSON.stringify({ lang: root.lang, theme, account, session }));
  } catch {}
  // Browsers have workers only over TLS and on localhost.
  if (!navigator.serviceWorker) return;
  const quiet = async () => {
    const loaded = () => performance.getEntriesByType("resource").length;
    for (let before = -1; before !== loaded(); ) {
      before = loaded();
      await new Promise((done) => setTimeout(done, 1_000));
    }
  };
  const keep = async () => {
    const registration = await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(() => undefined);
    if (!registration) return;
    // The worker of another build than this page's waits until that build is loaded, too.
    // It is asked once the page loads nothing any more: the browser would start the worker in use again for a request that
    // comes while it gives way, and put the other one off for minutes.
    const ask = async () => {
      if (registration.waiting) await quiet();
      registration.waiting?.postMessage(root.dataset.build);
    };
    const follow = () => registration.installing?.addEventListener("statechange", ask);
    registration.addEventListener("updatefound", follow);
    follow();
    // At once: looking for another worker may take long.
    ask();
    // Otherwise the browser looks for another worker when it likes to. Without a network there is none.
    await registration.update().catch(() => undefined);
    ask();
  };
  const hydrated = new MutationObserver(() => {
    hydrated.disconnect();
    (globalThis.requestIdleCallback ?? setTimeout)(keep);
  });
  hydrated.observe(root, { attributeFilter: ["data-hydrated"] });
})();
