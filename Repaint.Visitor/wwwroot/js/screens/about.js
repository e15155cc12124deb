// The event, the visitor's rights, and the end of it.
import { h, button, icon } from "../element.js";
import { ask, say, show } from "../app.js";
import { Unreachable } from "../api.js";
import { session } from "../session.js";
import { date, t } from "../words.js";
import { languageSwitch, page, problem } from "./frame.js";

export function about() {
  const { name, site, contact, retainUntil } = session.event;
  return page(t("about"),
    h("section", { class: "sheet" }, h("h2", {}, name),
      site && h("p", {}, h("a", { href: safeAddress(site), target: "_blank", rel: "noopener noreferrer", class: "link" }, icon("link"), t("eventSite"))),
      h("h3", {}, t("contact")),
      contact ? h("ul", { class: "plain" },
        contact.name && h("li", {}, contact.name),
        contact.email && h("li", {}, h("a", { href: `mailto:${encodeURIComponent(contact.email).replace("%40", "@")}` }, contact.email)),
        contact.phone && h("li", {}, h("a", { href: `tel:${contact.phone.replace(/[^+\d]/g, "")}` }, contact.phone)))
        : h("p", {}, t("contactStaff"))),
    h("section", { class: "sheet" }, h("h2", {}, t("language")), languageSwitch()),
    h("section", { class: "sheet" }, h("h2", {}, t("recoveryCode")), h("p", {}, t("recoveryWhy")),
      button(t("showRecoveryCode"), () => show("recovery-code"))),
    h("section", { class: "sheet" }, h("h2", {}, t("myData")),
      h("ul", {}, h("li", {}, t("consentKept")), h("li", {}, t("consentNot")),
        h("li", {}, retainUntil ? t("consentUntil", { date: date(retainUntil) }) : t("consentUntilOrganiser"))),
      button(t("eraseMe"), erase, { kind: "danger" })));

  async function erase() {
    if (!(await ask(t("eraseTitle"), [t("eraseWhat"), t("eraseFinal")], { yes: t("eraseYes"), kind: "danger" }))) return;
    try {
      say(t("erasing"));
      await session.erase();
    } catch (error) {
      say("");
      // The token is not accepted any more: another screen says so. Whether we are erased, it does not tell.
      if (error.status === 401) return;
      const isUnknown = error instanceof Unreachable || error.status >= 500;
      const [title, what] = isUnknown ? ["eraseUnknownTitle", "eraseUnknownWhat"] : ["eraseFailedTitle", "eraseFailedWhat"];
      await ask(t(title), [t(what), problem(error)], { yes: t("understood"), no: null });
    }
  }
}

// The API takes nothing but http and https; a link is not the place to trust that.
const safeAddress = (address) => (/^https?:\/\//i.test(address) ? address : null);
