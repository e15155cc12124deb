// A tablet at a spot: the whole screen, and it stays awake.
let lock = null;

export async function hold() {
  await keepAwake();
  document.addEventListener("visibilitychange", keepAwake);
}

export async function fullScreen(element) {
  await element.requestFullscreen?.().catch(() => {});
}

export function letGo() {
  document.removeEventListener("visibilitychange", keepAwake);
  lock?.release().catch(() => {});
  lock = null;
}

// The browser ends the lock whenever the page is hidden.
async function keepAwake() {
  if (document.visibilityState === "visible") {
    lock = await navigator.wakeLock?.request("screen").catch(() => null) ?? null;
  }
}
