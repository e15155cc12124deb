// What the app says, in the visitor's language.
import { load, save } from "./store.js";

export const languages = ["ja", "en"];

let words = {};
let current = "en";

export const language = () => current;

export async function useLanguage(wanted) {
  words = (await import(`./words/${wanted}.js`)).default;
  current = wanted;
  document.documentElement.lang = wanted;
}

export async function chooseLanguage(wanted) {
  await useLanguage(wanted);
  await save("language", wanted).catch(() => {});
}

export async function preferredLanguage() {
  const chosen = await load("language").catch(() => null);
  if (languages.includes(chosen)) return chosen;
  const theirs = (navigator.languages ?? [navigator.language]).map((tag) => tag.slice(0, 2));
  return theirs.find((tag) => languages.includes(tag)) ?? "en";
}

export function t(key, values = {}) {
  const text = words[key];
  if (text === undefined) throw new Error(`No words for ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export const date = (iso) => new Intl.DateTimeFormat(current, { dateStyle: "long" }).format(new Date(iso));

export const duration = (seconds) => seconds < 90
  ? t("seconds", { count: Math.max(1, Math.ceil(seconds)) })
  : t("minutes", { count: Math.ceil(seconds / 60) });

export const paletteName = (palette) => palette.name?.[current] ?? t("paletteNumber", { number: (palette.id ?? palette.paletteId) + 1 });
