// A translator puts <font> elements in the place of the texts, and the program goes on writing to the texts that
// it knows. One that it changes comes back into its place, to be translated anew.
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
