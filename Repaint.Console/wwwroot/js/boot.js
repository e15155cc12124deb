// Before Blazor: a window that was opened to sign in again only hands its address back.
const callback = new URL(location.href);
if (callback.pathname.endsWith("/authentication/login-callback") && callback.searchParams.get("state")?.startsWith("again.")) {
  new BroadcastChannel("repaint-sign-in").postMessage(callback.href);
  document.getElementById("loading-words").textContent = "OK ✓";
  window.close();
} else {
  const language = localStorage.getItem("repaint.language")
    ?? (navigator.languages.find(tag => /^(ja|en)\b/.test(tag))?.startsWith("ja") ? "ja" : "en");
  document.documentElement.lang = language;
  document.getElementById("loading-words").textContent = language === "ja" ? "読み込み中…" : "Loading…";
  Blazor.start();
}
