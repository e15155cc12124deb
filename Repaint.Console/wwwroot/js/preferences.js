// The language is kept on the device, as it says nothing about anybody; the theme is the device's own.
export function load(preferences) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", () => preferences.invokeMethodAsync("SetDark", dark.matches));
  return { language: document.documentElement.lang, dark: dark.matches };
}

export function setLanguage(language) {
  localStorage.setItem("repaint.language", language);
  document.documentElement.lang = language;
}
