// Keeps the program itself, so that a phone without network can open it and send its photos later. Never touches the API.
self.importScripts("./service-worker-assets.js");

const cacheName = `repaint-console-${self.assetsManifest.version}`;
const kept = self.assetsManifest.assets.filter(asset =>
  !/\.(map|xml|br|gz)$|service-worker|^lib\/zxing\/.*\.d\.ts$/.test(asset.url));

self.addEventListener("install", event => event.waitUntil(install()));
self.addEventListener("activate", event => event.waitUntil(activate()));
self.addEventListener("fetch", event => {
  const url = new URL(event.request.url);
  if (event.request.method === "GET" && url.href.startsWith(self.registration.scope)) {
    event.respondWith(answer(event.request));
  }
});

async function install() {
  const cache = await caches.open(cacheName);
  // What the page has just loaded comes from the browser's own cache.
  await cache.addAll(kept.map(asset => new Request(asset.url)));
  await self.skipWaiting();
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names
    .filter(name => name.startsWith("repaint-console-") && name !== cacheName)
    .map(name => caches.delete(name)));
  await self.clients.claim();
}

async function answer(request) {
  const cache = await caches.open(cacheName);
  if (request.mode !== "navigate") {
    return await cache.match(request) ?? await fetch(request);
  }
  // A newer page first; the kept one when there is no network.
  try {
    return await fetch(request);
  } catch {
    return await cache.match("index.html") ?? Response.error();
  }
}
