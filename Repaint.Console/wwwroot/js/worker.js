// After the first page has been drawn: the service worker keeps the program for when there is no network.
if ("serviceWorker" in navigator) {
  // Without a network it registers with the next visit.
  addEventListener("load", () => setTimeout(() => navigator.serviceWorker.register("service-worker.js", { updateViaCache: "none" }).catch(() => {}), 3000));
}
