// The poster of another event than the one the visitor is in.
import { h, button } from "../element.js";
import { back, show } from "../app.js";
import { session } from "../session.js";
import { t } from "../words.js";
import { page } from "./frame.js";

export const otherEvent = ({ eventId }) => page(t("otherEventTitle"),
  h("p", {}, t("otherEventWhat", { event: session.event.name })),
  h("p", {}, t("otherEventCode")),
  h("div", { class: "buttons" },
    button(t("stayInEvent", { event: session.event.name }), back, { kind: "primary wide" }),
    button(t("recoveryCode"), () => show("recovery-code"), {}),
    button(t("joinOther"), () => show("join", { eventId }), { kind: "quiet" })));
