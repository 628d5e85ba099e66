// Takes the place of the service worker that this browser has, and removes itself with everything that it stored.
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => {
  const remove = async () => {
    const names = (await caches.keys()).filter((name) => /^(build|used) /.test(name));
    await Promise.all(names.map((name) => caches.delete(name)));
    await registration.unregister();
  };
  event.waitUntil(remove());
});
