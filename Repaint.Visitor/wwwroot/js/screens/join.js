// Joining and coming back.
import { h, button } from "../element.js";
import { say, show } from "../app.js";
import { api, Refused, Unreachable } from "../api.js";
import { session } from "../session.js";
import { date, t } from "../words.js";
import { cover, page, problem } from "./frame.js";

/** The palette the app is named for: three drops of colour that run into each other. */
const blots = (kind = "") => h("div", { class: `blots ${kind}`, "aria-hidden": "true" }, h("i"), h("i"), h("i"));

export const welcome = ({ hasCode }) => cover(blots(),
  h("h1", {}, t("slogan")),
  h("p", {}, hasCode ? t("codeWithoutVisitor") : t("welcomeHow")),
  h("div", { class: "buttons" }, button(t("iHaveARecoveryCode"), () => show("recover"), { kind: "quiet" })));

export function join({ eventId }) {
  const body = h("div", { class: "join-body", "aria-busy": "true" }, h("h1", {}, t("slogan")), h("p", { class: "hint" }, t("oneMoment")));
  load();
  return cover(blots(), body);

  async function load() {
    try {
      const event = await api.event(eventId);
      body.replaceChildren(...consent(event));
    } catch (error) {
      const isUnknown = error instanceof Refused && [400, 404].includes(error.status);
      body.replaceChildren(h("h1", {}, isUnknown ? t("noSuchEvent") : t("slogan")), h("p", {}, isUnknown ? t("noSuchEventHow") : problem(error)),
        h("div", { class: "buttons" }, isUnknown ? null : button(t("tryAgain"), load, { kind: "primary" })));
    } finally {
      body.removeAttribute("aria-busy");
    }
  }

  function consent(event) {
    const go = button(t("agreeAndJoin"), async () => {
      go.disabled = true;
      try {
        await session.begin(await api.join(event.id));
        show("recovery-code", { isNew: true }, { replace: true });
      } catch (error) {
        say(problem(error));
        go.disabled = false;
      }
    }, { kind: "primary wide" });
    return [
      h("p", { class: "over-title" }, event.name), h("h1", {}, t("slogan")), h("p", {}, t("joinHow", { count: event.paletteCount })),
      h("section", { class: "sheet consent" }, h("h2", {}, t("consentTitle")),
        h("ul", {}, h("li", {}, t("consentKept")), h("li", {}, t("consentNot")),
          h("li", {}, event.retainUntil ? t("consentUntil", { date: date(event.retainUntil) }) : t("consentUntilOrganiser")),
          h("li", {}, t("consentErase")), h("li", {}, t("consentWho")))),
      h("div", { class: "buttons" }, go, button(t("iHaveARecoveryCode"), () => show("recover"), { kind: "quiet" })),
    ];
  }
}

export function recover() {
  const input = h("input", {
    id: "code", name: "code", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", required: true, maxlength: "64", "aria-describedby": "code-help",
  });
  const trouble = h("p", { class: "trouble", role: "alert" });
  const go = h("button", { class: "button primary wide" }, h("span", {}, t("recoverNow")));
  const form = h("form", { onsubmit: submit },
    h("label", { for: "code" }, t("recoveryCode")), input, h("p", { id: "code-help", class: "hint" }, t("recoverHelp")), trouble,
    h("div", { class: "buttons" }, go));
  return page(t("recoverTitle"), h("p", {}, t("recoverHow")), form);

  async function submit(event) {
    event.preventDefault();
    trouble.textContent = "";
    go.disabled = true;
    try {
      await session.begin(await api.recover(input.value.trim()));
      show("home", {}, { replace: true });
    } catch (error) {
      trouble.textContent = error instanceof Unreachable || error.status !== 404 && error.status !== 400 ? problem(error) : t("recoverUnknown");
      go.disabled = false;
      input.focus();
    }
  }
}

/** After erasing, or when somebody else holds the token now. */
export const ended = ({ reason }) => cover(blots("dried"),
  h("h1", {}, t(reason === "erased" ? "erasedTitle" : "rejectedTitle")),
  (reason === "erased" ? ["erasedWhat", "erasedNot"] : ["rejectedWhy"]).map((key) => h("p", {}, t(key))),
  reason === "erased" ? null : h("div", { class: "buttons" }, button(t("iHaveARecoveryCode"), () => show("recover"), { kind: "primary" })));
