// Begins: which language, who, and why the app was opened (a poster, a spot's code, or just so).
import { define, guard, say, show } from "./app.js";
import { inAppBrowser, registerServiceWorker } from "./browser.js";
import { codeIn } from "./picks.js";
import { session } from "./session.js";
import { preferredLanguage, t, useLanguage } from "./words.js";
import { about } from "./screens/about.js";
import { home } from "./screens/home.js";
import { ended, join, recover, welcome } from "./screens/join.js";
import { leaveApp, noStorage } from "./screens/leave-app.js";
import { images } from "./screens/images.js";
import { qr, recoveryCode } from "./screens/qr.js";
import { scan } from "./screens/scan.js";
import { otherEvent } from "./screens/other-event.js";
import { palette, picked } from "./screens/picked.js";

for (const [name, build] of Object.entries({
  about, ended, home, images, join, "leave-app": leaveApp, "no-storage": noStorage, "other-event": otherEvent, palette, picked, qr, recover, "recovery-code": recoveryCode, scan, welcome,
})) define(name, build);

const forAnyone = new Set(["ended", "join", "leave-app", "no-storage", "recover", "welcome"]);
guard((name) => (session.visitor || forAnyone.has(name) ? null : "welcome"));

/** Why we were opened; what it says goes out of the address at once, and so out of the history and of anything that is shared. */
function readAddress() {
  const eventId = new URLSearchParams(location.search).get("event");
  const code = codeIn(/#pick=.+/.exec(location.hash)?.[0] ?? "");
  const address = location.origin + location.pathname + location.search + location.hash;
  history.replaceState(history.state, "", location.pathname);
  return { eventId, code, address };
}

function begin({ eventId, code, address }) {
  const replace = { replace: true };
  if (!session.visitor) {
    if (inAppBrowser() !== null) return show("leave-app", { eventId, code, address }, replace);
    return eventId ? show("join", { eventId }, replace) : show("welcome", { hasCode: code !== null }, replace);
  }
  show("home", {}, replace);
  if (code) return show("picked", { code });
  if (eventId && eventId.toLowerCase() !== session.event.id) show("other-event", { eventId });
}

session.addEventListener("end", (event) => {
  say("");
  show("ended", { reason: event.detail }, { replace: true });
});
session.addEventListener("sent", (event) => {
  const won = event.detail.filter((result) => result.won).length;
  say(won === event.detail.length ? t("sentWon", { count: won }) : t("sentSome", { count: event.detail.length, won }));
});

const opened = readAddress();
await useLanguage(await preferredLanguage());
if (await session.open().then(() => true, () => false)) begin(opened);
else show("no-storage", {}, { replace: true });
// The same page is used again when a code is opened while it is there.
addEventListener("hashchange", () => location.hash && begin(readAddress()));
registerServiceWorker();
