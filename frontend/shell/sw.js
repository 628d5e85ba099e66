// The service worker: it keeps the files of the program, so that a page has them at once, and answers when the server
// cannot be reached. It stores the files that the server lists (BUILD and FILES, written before this text) and nothing
// else: no page of a household and no answer of the API.
const PREFIX = "build ";
const STORE = PREFIX + BUILD;
// An empty store of this name remembers which build's worker was the last to answer.
const IN_USE = "used ";
const OFFLINE = "/offline";
// How long a page may take, in milliseconds. Each one that takes longer doubles it, so that a slow page is shown in the end.
const PATIENCE = 4_000;
const MOST_PATIENCE = 64_000;
let patience = PATIENCE;

addEventListener("install", (event) => {
  // The files of a build never change; the others do.
  const fresh = (path) => (path.startsWith("/pkg/") ? path : new Request(path, { cache: "reload" }));
  const install = async () => {
    // While another build is put in place, the server of this one may not be the one that answers. The page names the files
    // of its program, which must be among those that are stored. The browser tries again with its next look for a worker.
    const offline = await fetch(fresh(OFFLINE));
    const text = await offline.clone().text();
    if (!offline.ok || !text.includes(`data-build="${BUILD}"`)) throw new Error(`${OFFLINE} is of another build`);
    const store = await caches.open(STORE);
    await store.addAll(FILES.filter((path) => path !== OFFLINE).map(fresh));
    await store.put(OFFLINE, offline);
  };
  event.waitUntil(install());
});

addEventListener("activate", (event) => {
  const begin = async () => {
    // The server is asked for a page while the browser starts this worker.
    await registration.navigationPreload?.enable();
    // Pages of the build that was in use until now may still be open. Others were stored, and never used or long ago. The names
    // are in the order in which the stores were made.
    const names = await caches.keys();
    const others = (prefix) => names.filter((name) => name.startsWith(prefix) && name !== prefix + BUILD);
    const used = others(IN_USE).at(-1);
    const last = used ? PREFIX + used.slice(IN_USE.length) : others(PREFIX).at(-1);
    await caches.open(IN_USE + BUILD);
    await Promise.all([...others(IN_USE), ...others(PREFIX).filter((name) => name !== last)].map((name) => caches.delete(name)));
    // The page of the first visit has no worker yet. From now on it gets the rest of its program from here.
    if (!last) await clients.claim();
  };
  event.waitUntil(begin());
});

// A page of this build asks for it. So somebody has loaded this build, and pages of the one before keep their files.
addEventListener("message", ({ data }) => data === BUILD && skipWaiting());

// /offline and its script are taken from the store of this build only.
// A cache that fails must not stop a page that the network has.
const stored = (request, cacheName) => caches.match(request, { ignoreVary: true, cacheName }).catch(() => undefined);
const file = async (request, cacheName) => (await stored(request, cacheName)) ?? fetch(request);

const page = async (request, answer) => {
  const late = Symbol("late");
  const limit = new Promise((done) => setTimeout(done, patience, late));
  const first = await Promise.race([answer.catch(() => undefined), limit]);
  patience = first === late ? Math.min(2 * patience, MOST_PATIENCE) : PATIENCE;
  // A proxy answers for a server that is away. What the server itself says has an id.
  const answered = first && first !== late && !(first.status >= 500 && !first.headers.has("x-request-id"));
  if (answered) return first;
  return (await stored(OFFLINE, STORE)) ?? answer;
};

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") {
    const answer = Promise.resolve(event.preloadResponse).then((early) => early ?? fetch(request));
    // The browser would cancel what nobody waits for.
    event.waitUntil(answer.catch(() => undefined));
    event.respondWith(page(request, answer));
  } else if (pathname.startsWith("/pkg/")) event.respondWith(file(request));
  else if (FILES.includes(pathname)) event.respondWith(file(request, STORE));
});
