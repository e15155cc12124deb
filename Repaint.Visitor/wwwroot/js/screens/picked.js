// A palette won: its colour, its name, what it paints alone, and then in its place. Or why not, said kindly.
import { h, button, icon } from "../element.js";
import { back, entitle, show, watch, whenLeft } from "../app.js";
import { pick } from "../picks.js";
import { blankSketch, createPicture } from "../picture.js";
import { fetchPicture, pause } from "../pictures.js";
import { session } from "../session.js";
import { splash } from "../splash.js";
import { duration, paletteName, t } from "../words.js";
import { page, problem } from "./frame.js";

// Long enough to see what the colour does alone.
const aloneFor = 2_600;

export function picked({ code }) {
  const body = h("div", { class: "picked-body", "aria-busy": "true", "aria-live": "polite" },
    h("div", { class: "blot waiting", "aria-hidden": "true" }), h("p", { class: "centred" }, t("picking")));
  const element = page(t("pickTitle"), body);
  const heading = element.querySelector("h1");
  // A way back to this screen must not pick again.
  history.replaceState({ name: "home", parameters: {} }, "", location.pathname);
  run();
  return element;

  async function run() {
    const result = await pick(code);
    body.removeAttribute("aria-busy");
    if (result.won) {
      session.refresh().catch(() => {});
      head(t(isLast(result.won) ? "wonLastTitle" : "wonTitle"));
      body.replaceChildren(...reveal(result.won, { isNew: true }));
      celebrate(result.won);
    } else if (result.kept) {
      await session.countWaiting();
      message("keptTitle", t("keptWhat"), { glyph: "later", again: "scanAnother" });
    } else {
      refuse(result.refused);
    }
  }

  // The answer may come when another screen is shown already.
  function head(text) {
    heading.textContent = text;
    if (element.isConnected) entitle(text);
  }

  // Only for eyes that are here: who has put the phone away is told by the screen.
  function celebrate(won) {
    if (!element.isConnected || document.visibilityState === "hidden") return;
    const others = isLast(won) ? session.palettes.map((palette) => palette.colour) : [];
    splash(element.querySelector(".blot"), won.colour, others);
    navigator.vibrate?.(isLast(won) ? [30, 60, 30, 60, 120] : [30, 60, 60]);
  }

  function refuse(error) {
    switch (error.code) {
      case "pick-cooldown": return message("cooldownTitle", t("cooldownWhat", { time: duration(error.retryAfter) }), { glyph: "later", again: "scanAnother" });
      case "picks-complete": return message("completeTitle", t("completeWhat"), { glyph: "check", again: null });
      case "not-found": case "invalid-request": return message("wrongCodeTitle", t("wrongCodeWhat"), { glyph: "unknown" });
      case "offline": return message("offlineTitle", t("rotatingOffline"), { glyph: "offline" });
      default: return message("pickFailedTitle", problem(error), { glyph: "later" });
    }
  }

  function message(title, text, { glyph, again = "scanAgain" }) {
    head(t(title));
    body.classList.add("message");
    body.replaceChildren(h("div", { class: "blot dry", "aria-hidden": "true" }, icon(glyph)), h("p", { class: "centred" }, text),
      h("div", { class: "buttons" }, again && button(t(again), () => show("scan", {}, { replace: true }), { glyph: "scan" }),
        button(t("toMyPicture"), () => show("home", {}, { replace: true }), { kind: "primary" })));
  }
}

const isLast = (won) => won.held === won.total;

/** A palette that is held already, looked at again. */
export function palette({ paletteId }) {
  const known = session.palettes.find((other) => other.id === paletteId);
  return page(t("paletteTitle"), h("div", { class: "picked-body" },
    ...reveal({ paletteId, colour: known?.colour ?? null, name: known?.name, held: session.held.size, total: session.event.paletteCount }, { isNew: false })));
}

function reveal(won, { isNew }) {
  const picture = createPicture(blankSketch());
  const caption = h("p", { role: "status" }, won.colour ? t("aloneComing") : t("aloneLater"));
  const figure = h("figure", { class: "my-picture" }, h("div", { class: "sheet framed" }, picture.element), h("figcaption", {}, caption));
  const gone = new AbortController();
  whenLeft(() => gone.abort());
  if (won.colour) showAlone();
  return [
    h("div", { class: `won ${isNew ? "fresh" : ""}` },
      h("div", { class: "blot", "aria-hidden": "true", vars: won.colour && { "--pigment": won.colour } }),
      h("p", { class: "won-name" }, paletteName(won)),
      won.colour && h("p", { class: "won-colour", translate: "no" }, won.colour),
      h("p", { class: "tally" }, t("tally", { held: won.held, total: won.total }))),
    figure,
    h("div", { class: "buttons" }, button(t("toMyPicture"), () => (isNew ? show("home", {}, { replace: true }) : back()), { kind: "primary wide" })),
  ];

  async function showAlone() {
    const before = session.picture;
    if (before) await picture.put(before.blob, "", { fade: false });
    try {
      const { blob } = await fetchPicture(won.imageId ?? "selected", { rendition: "view", paletteId: won.paletteId }, { signal: gone.signal });
      await picture.put(blob, t("aloneAlt", { name: paletteName(won) }));
      figure.dataset.shows = "alone";
      caption.textContent = t("aloneCaption", { name: paletteName(won) });
    } catch (error) {
      if (!gone.signal.aborted) caption.textContent = error.code ? t("aloneLater") : problem(error);
      return;
    }
    await pause(aloneFor, gone.signal);
    if (gone.signal.aborted) return;
    const isThere = () => session.picture && (!isNew || session.picture !== before || session.update?.state === "ready");
    await new Promise((resolve) => {
      if (isThere()) return resolve();
      watch(session, ["picture"], resolve);
      gone.signal.addEventListener("abort", resolve);
    });
    if (gone.signal.aborted) return;
    await picture.put(session.picture.blob, t("pictureAlt", { held: session.held.size, total: won.total }));
    figure.dataset.shows = "placed";
    caption.textContent = t(isNew && isLast(won) ? "stateComplete" : "placedCaption");
  }
}
