// A translator replaces texts by <font> elements, while the program keeps writing to the texts that it knows.
// A text that the program changes is put back into its place, to be translated again.
(() => {
  const places = new WeakMap();
  const written = new MutationObserver((records) => {
    for (const { target } of records) {
      const place = places.get(target);
      if (place?.isConnected) place.replaceWith(target);
    }
  });
  const replaced = new MutationObserver((records) => {
    for (const { addedNodes, removedNodes, previousSibling, nextSibling } of records)
      for (const text of removedNodes) {
        if (text.nodeType !== Node.TEXT_NODE) continue;
        const place = [...addedNodes, previousSibling, nextSibling].find((node) => node?.nodeName === "FONT");
        if (!place) continue;
        places.set(text, place);
        written.observe(text, { characterData: true });
      }
  });
  replaced.observe(document, { childList: true, subtree: true });
})();
