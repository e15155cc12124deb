// A palette as a pan of watercolour: filled when held, a dry trace of its colour when not.
import { h } from "./element.js";
import { paletteName, t } from "./words.js";

/** Every palette of the event; `onOpen(palette)` for those that can be looked at. */
export function pans(session, onOpen) {
  const known = new Map(session.palettes.map((palette) => [palette.id, palette]));
  return h("ul", { class: "pans" }, Array.from({ length: session.event.paletteCount }, (_, id) => {
    const palette = known.get(id);
    const isHeld = session.held.has(id);
    const name = palette ? paletteName(palette) : t("paletteNumber", { number: id + 1 });
    const drawn = [
      h("span", { class: `pan ${isHeld ? "held" : "missing"} ${palette ? "" : "unknown"}`, vars: palette && { "--pigment": palette.colour } },
        h("span", { class: "well" })),
      h("span", { class: "pan-name" }, name),
      h("span", { class: "unseen" }, isHeld ? t("held") : t("missing")),
    ];
    return h("li", {}, isHeld && palette
      ? h("button", { type: "button", onclick: () => onOpen(palette) }, drawn)
      : h("span", { class: "still" }, drawn));
  }));
}
