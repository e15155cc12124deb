// In the browser inside another app: it would lose who the visitor is. Tells how to get out of it.
import { h, button, icon } from "../element.js";
import { say, show } from "../app.js";
import { inAppBrowser, outside } from "../browser.js";
import { t } from "../words.js";
import { cover } from "./frame.js";

export function leaveApp({ eventId, code, address }) {
  const name = inAppBrowser();
  const way = outside(address);
  return cover(h("h1", {}, name ? t("inAppTitle", { app: name }) : t("inAppTitleUnknown")),
    h("p", {}, t("inAppWhy")),
    h("ol", { class: "sheet steps" }, ["inAppStep1", "inAppStep2"].map((key) => h("li", {}, t(key)))),
    h("div", { class: "buttons" },
      way && h("a", { class: "button primary wide", href: way, rel: "noreferrer" }, icon("link"), h("span", {}, t("openOutside"))),
      button(t("copyAddress"), async () => {
        const isCopied = await navigator.clipboard?.writeText(address).then(() => true, () => false);
        say(isCopied ? t("copied") : t("copyByHand", { address }));
      }, { glyph: "copy", kind: way ? "" : "primary wide" }),
      button(t("stayHere"), () => (eventId ? show("join", { eventId }) : show("welcome", { hasCode: Boolean(code) })), { kind: "quiet" })));
}

/** A browser that keeps nothing, such as one told to block all data of sites: nobody could stay who they are. */
export const noStorage = () => cover(h("h1", {}, t("noStorageTitle")), h("p", {}, t("noStorageWhat")),
  h("div", { class: "buttons" }, button(t("tryAgain"), () => location.reload(), { kind: "primary wide" })));
