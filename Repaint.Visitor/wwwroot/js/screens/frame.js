// What screens share: the bar on top, and the switch of languages.
import { h, iconButton } from "../element.js";
import { back, redraw } from "../app.js";
import { chooseLanguage, language, languages, t } from "../words.js";

const own = { ja: "日本語", en: "English" };

export const languageSwitch = () => h("div", { class: "languages", role: "group", "aria-label": t("language") },
  languages.map((code) => h("button", {
    type: "button", lang: code, "aria-pressed": String(code === language()),
    onclick: async () => { await chooseLanguage(code); redraw(); },
  }, own[code])));

export const wordmark = () => h("p", { class: "wordmark", translate: "no" }, "Re:", h("span", {}, "paint"));

/** A screen below home: back, title, content. */
export const page = (title, ...content) => h("main", {},
  h("header", { class: "bar" }, iconButton(t("back"), "back", back), h("h1", {}, title)), ...content);

/** A first screen: wordmark and languages on top. */
export const cover = (...content) => h("main", {}, h("header", { class: "bar" }, wordmark(), languageSwitch()), ...content);

/** Why something did not work, in kind words. */
export function problem(error) {
  if (error?.code === "offline" || error?.name === "TypeError" || !error?.code) return t("noNetwork");
  if (error.code === "rate-limited") return t("tooMany");
  return error.status >= 500 ? t("serverTrouble") : t("somethingWrong");
}
