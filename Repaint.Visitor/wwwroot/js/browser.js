// What this browser is and can do.
const inApp = [
  ["LINE", /\bLine\//i], ["Instagram", /Instagram/], ["Facebook", /FBA[NV]|FB_IAB/], ["X", /Twitter/], ["TikTok", /TikTok|musical_ly|BytedanceWebview/i],
  ["WeChat", /MicroMessenger/], ["KakaoTalk", /KAKAOTALK/i], ["Yahoo! JAPAN", /YJApp|Yahoo JAPAN/i], ["Discord", /Discord/i], ["Snapchat", /Snapchat/],
];

/** The app whose built-in browser this is, or null. Those lose what they stored, sometimes at once. */
export function inAppBrowser(agent = navigator.userAgent) {
  const known = inApp.find(([, pattern]) => pattern.test(agent));
  if (known) return known[0];
  // Android's WebView says so; on iOS only Safari itself calls itself so.
  if (/; wv\)/.test(agent)) return "";
  return /iP(hone|ad|od)/.test(agent) && /AppleWebKit/.test(agent) && !/Safari\//.test(agent) && !navigator.standalone ? "" : null;
}

/** An address that opens `url` in the real browser, where the app lets a page ask for that; otherwise null. */
export function outside(url, agent = navigator.userAgent) {
  if (/\bLine\//i.test(agent)) {
    const address = new URL(url);
    address.searchParams.set("openExternalBrowser", "1");
    return address.href;
  }
  if (/Android/.test(agent)) {
    const address = new URL(url);
    return `intent://${address.host}${address.pathname}${address.search}${address.hash}#Intent;scheme=${address.protocol.slice(0, -1)};action=android.intent.action.VIEW;end`;
  }
  return null;
}

/** Keeps the screen on until the returned function is called. */
export function keepAwake() {
  let lock = null;
  let isOver = false;
  const take = async () => {
    if (isOver || document.visibilityState !== "visible") return;
    // Refused when the battery is low: then the screen goes dark, and nothing else is lost.
    lock = await navigator.wakeLock?.request("screen").catch(() => null);
    if (isOver) lock?.release();
  };
  document.addEventListener("visibilitychange", take);
  take();
  return () => {
    isOver = true;
    document.removeEventListener("visibilitychange", take);
    lock?.release();
  };
}

export const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

const fileName = "repaint.jpg";

/** Hands the picture itself to the share sheet: no title, no address. False when this browser has none. */
export async function share(blob) {
  const files = [new File([blob], fileName, { type: blob.type || "image/jpeg" })];
  if (!navigator.canShare?.({ files })) return false;
  try {
    await navigator.share({ files });
  } catch (error) {
    if (error.name !== "AbortError") return false;
  }
  return true;
}

export function download(blob) {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  Object.assign(link, { href: address, download: fileName });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Offline: the app's own files. Needs a secure context. */
export function registerServiceWorker() {
  if (!("serviceWorker" in navigator)) return;
  const address = "/service-worker.js";
  const trusted = self.trustedTypes?.createPolicy("repaint-service-worker", { createScriptURL: () => address })
    .createScriptURL(address) ?? address;
  navigator.serviceWorker.register(trusted).catch(() => {});
}
