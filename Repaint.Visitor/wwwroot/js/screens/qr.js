// The visitor's own code, for the staff's camera; and the code that brings a visitor back.
import { h, button } from "../element.js";
import { say, show, whenLeft } from "../app.js";
import { api } from "../api.js";
import { keepAwake } from "../browser.js";
import { session } from "../session.js";
import { load, save } from "../store.js";
import { t } from "../words.js";
import { page, problem } from "./frame.js";

export function qr() {
  const frame = h("div", { class: "qr-code", "aria-busy": "true" });
  const visitor = session.visitor;
  whenLeft(keepAwake());
  fill();
  return page(t("myQr"), h("div", { class: "sheet qr-sheet" }, frame, h("p", { class: "qr-event" }, session.event.name),
    // What one reads out when no camera can read the code; staff type it.
    h("p", { class: "qr-short", translate: "no" }, session.visitor.visitorId.slice(-8).toUpperCase().replace(/^.{4}/, "$&-"))),
    h("p", { class: "centred" }, t("qrHow")), h("p", { class: "hint centred" }, t("qrAwake")));

  async function fill() {
    // Kept, because a crowd's network is at its worst where the staff stand.
    let picture = await load("qr");
    try {
      picture ??= await api.qr();
      if (visitor !== session.visitor) return;
      await save("qr", picture);
      const address = URL.createObjectURL(picture);
      const image = h("img", { src: address, alt: t("qrAlt") });
      await image.decode().catch(() => {});
      URL.revokeObjectURL(address);
      frame.replaceChildren(image);
    } catch (error) {
      frame.replaceChildren(h("p", {}, problem(error)), button(t("tryAgain"), fill));
    }
    frame.removeAttribute("aria-busy");
  }
}

export function recoveryCode({ isNew }) {
  const code = session.visitor.recoveryCode;
  return page(isNew ? t("joinedTitle") : t("recoveryCode"),
    isNew && h("p", {}, t("joinedHow")),
    h("section", { class: "sheet recovery" }, h("h2", {}, t("recoveryCode")), h("p", { class: "code", translate: "no" }, code),
      h("p", {}, t("recoveryWhy")),
      button(t("copy"), async () => {
        const isCopied = await navigator.clipboard?.writeText(code).then(() => true, () => false);
        say(isCopied ? t("copied") : t("copyByHand", { address: code }));
      }, { glyph: "copy" })),
    h("div", { class: "buttons" }, isNew
      ? button(t("showMyQr"), () => { show("home", {}, { replace: true }); show("qr"); }, { kind: "primary wide", glyph: "qr" })
      : null));
}
