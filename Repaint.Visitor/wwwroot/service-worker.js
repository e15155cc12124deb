// Keeps the app's own files for when there is no network. Never what the API or the gateway says.
importScripts("service-worker-assets.js");

const cacheName = `repaint-${self.assetsManifest.version}`;
const known = new Set(self.assetsManifest.assets.map((asset) => asset.url));
// Loaded when needed, and kept from then on: the decoder. Icons are the system's affair.
const isKeptAtOnce = (url) => !/^lib\/|^icons\/icon-|^service-worker/.test(url);

self.addEventListener("install", (event) => event.waitUntil((async () => {
  const cache = await caches.open(cacheName);
  await cache.addAll([...known].filter(isKeptAtOnce).map((url) => new Request(url, { cache: "no-cache" })));
  await self.skipWaiting();
})()));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  const others = (await caches.keys()).filter((name) => name.startsWith("repaint-") && name !== cacheName);
  await Promise.all(others.map((name) => caches.delete(name)));
  await self.clients.claim();
})()));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const path = url.pathname === "/" ? "index.html" : url.pathname.slice(1);
  if (event.request.method === "GET" && url.origin === self.location.origin && known.has(path)) event.respondWith(serve(path));
});

async function serve(path) {
  const cache = await caches.open(cacheName);
  const kept = await cache.match(path);
  if (kept) return kept;
  const response = await fetch(path);
  if (response.ok) await cache.put(path, response.clone());
  return response;
}
