// Keeps the program itself, so that a phone without network can open it and send its photos later. Never touches the API.
self.importScripts("./service-worker-assets.js");

// Not "repaint-": that is the visitor app's, whose worker tidies away what it does not know.
const cachePrefix = "staff-console-";
const cacheName = cachePrefix + self.assetsManifest.version;
const kept = self.assetsManifest.assets.filter(asset => !/\.(map|xml|br|gz)$|service-worker/.test(asset.url));
// What the visitor app lends: the colours, and the scanner of QR codes.
const lent = [
  "/css/tokens.css", "/icons/paper.png", "/icons/paper-dark.png", "/icons/icon.svg",
  "/js/scanner.js", "/lib/zxing/reader/index.js", "/lib/zxing/share.js", "/lib/zxing/zxing_reader.wasm",
];
// What a build gives a name of its own for every content; of everything else a server may have a newer one.
const forGood = /\/_framework\/.*\.[a-z0-9]{10}\.[a-z]+$/;
// A network that swallows what it is given does not say so: after this long, what is kept will do, and for a while at once.
const patience = 4000;
const swallows = 60_000;
let swallowedUntil = 0;

self.addEventListener("install", event => event.waitUntil(install()));
self.addEventListener("activate", event => event.waitUntil(activate()));
self.addEventListener("fetch", event => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) {
    return;
  }
  if (event.request.mode === "navigate") {
    event.respondWith(newest(event.request, "index.html"));
  } else if (url.href.startsWith(self.registration.scope)) {
    event.respondWith(forGood.test(url.pathname) ? keptOrFetched(event.request) : newest(event.request, event.request));
  } else if (lent.includes(url.pathname)) {
    // Their versions are not ours to know.
    event.respondWith(newest(event.request, url.pathname));
  }
});

async function install() {
  const cache = await caches.open(cacheName);
  // What the page has just loaded comes from the browser's own cache.
  await cache.addAll([...kept.map(asset => asset.url), ...lent].map(url => new Request(url)));
  await self.skipWaiting();
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter(name => name.startsWith(cachePrefix) && name !== cacheName).map(name => caches.delete(name)));
  await self.clients.claim();
}

async function keptOrFetched(request) {
  const cache = await caches.open(cacheName);
  return await cache.match(request) ?? await fetch(request);
}

// Page and scripts from one place: all of them the server's, or all of them kept.
async function newest(request, fallback) {
  const cache = await caches.open(cacheName);
  const kept = await cache.match(fallback);
  if (!kept) {
    return await fetch(request);
  }
  if (Date.now() < swallowedUntil) {
    return kept;
  }
  const fetched = fetch(request).catch(() => null);
  const late = Symbol("late");
  const answer = await Promise.race([fetched, new Promise(resolve => setTimeout(resolve, patience, late))]);
  if (answer === late) {
    swallowedUntil = Date.now() + swallows;
  }
  return answer && answer !== late && answer.status < 500 ? answer : kept;
}
