// Opens the list of what waits on this device, which the settings page links to, once the program runs.
(() => {
  if (location.hash !== "#connection") return;
  const hydrated = new MutationObserver(() => {
    hydrated.disconnect();
    document.getElementById("connection")?.showPopover?.();
  });
  hydrated.observe(document.documentElement, { attributeFilter: ["data-hydrated"] });
})();
