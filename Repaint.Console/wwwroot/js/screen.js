// A tablet at a spot: the whole screen, and it stays awake.
let lock = null;
let held = false;

export async function hold() {
  held = true;
  await keepAwake();
  document.addEventListener("visibilitychange", keepAwake);
}

export async function fullScreen(element) {
  await element.requestFullscreen?.().catch(() => {});
}

export function letGo() {
  held = false;
  document.removeEventListener("visibilitychange", keepAwake);
  lock?.release().catch(() => {});
  lock = null;
}

// The browser ends the lock whenever the page is hidden.
async function keepAwake() {
  if (document.visibilityState === "visible") {
    const asked = await navigator.wakeLock?.request("screen").catch(() => null) ?? null;
    if (held) {
      lock = asked;
    } else {
      // Left while the browser made up its mind.
      asked?.release().catch(() => {});
    }
  }
}
