// My picture as painted so far, and my palettes.
import { h, button, iconButton } from "../element.js";
import { say, show, watch } from "../app.js";
import { download, share } from "../browser.js";
import { pans } from "../pan.js";
import { blankSketch, createPicture, pencilLines } from "../picture.js";
import { fetchPicture } from "../pictures.js";
import { session } from "../session.js";
import { t } from "../words.js";
import { openViewer } from "../viewer.js";
import { problem, wordmark } from "./frame.js";

export function home() {
  const picture = createPicture(blankSketch());
  const status = h("p", { class: "status", role: "status" });
  const tools = h("div", { class: "tools" });
  const collected = h("section", { class: "collected" });
  const offline = h("p", { class: "offline", role: "status" });
  const frame = h("button", { type: "button", class: "sheet framed", onclick: open, "aria-label": t("fullScreen") }, picture.element,
    h("span", { class: "pencilling", "aria-hidden": "true" }, pencilLines()));
  const hung = h("div", { class: "hung" }, frame, h("p", { class: "stamp", "aria-hidden": "true" }, t("stamp")));
  let isFirst = true;
  let drawn = "";

  watch(session, ["change"], draw);
  watch(session, ["picture"], place);
  draw();
  place();

  return h("main", {},
    h("header", { class: "bar" }, wordmark(), h("h1", { class: "event-name" }, session.event.name), iconButton(t("about"), "more", () => show("about"))),
    offline,
    h("figure", { class: "my-picture" }, hung, h("figcaption", {}, status)), tools, collected,
    h("nav", { class: "dock", "aria-label": t("actions") },
      button(t("myQr"), () => show("qr"), { glyph: "qr" }),
      button(t("scanSpot"), () => show("scan"), { glyph: "scan", kind: "primary" }),
      button(t("images"), () => show("images"), { glyph: "pictures" })));

  function place() {
    if (session.picture) {
      picture.put(session.picture.blob, alt(), { fade: !isFirst });
      isFirst = false;
    }
    draw();
  }

  function draw() {
    const state = session.update?.state ?? "none";
    const hasPicture = Boolean(session.picture);
    frame.disabled = !hasPicture;
    frame.classList.toggle("developing", state === "developing" || (state === "painting" && !hasPicture));
    hung.classList.toggle("whole", isWhole());
    status.className = `status ${state} ${isWhole() ? "complete" : ""}`;
    write(status, words(state, hasPicture));
    write(offline, [session.isReached ? "" : t(hasPicture ? "offlineWithPicture" : "offline"),
      session.waiting ? t("picksWait", { count: session.waiting }) : ""].filter(Boolean).join(" "));
    offline.hidden = !offline.textContent;
    if (hasPicture !== (tools.childElementCount > 0)) {
      tools.replaceChildren(...(hasPicture ? [
        button(t("share"), onShare, { glyph: "share", kind: "quiet" }),
        button(t("save"), onSave, { glyph: "save", kind: "quiet" }),
        button(t("fullScreen"), open, { glyph: "expand", kind: "quiet" }),
      ] : []));
    }
    drawPalettes();
  }

  // Only when there is something new: who goes from pan to pan with keys would lose their place.
  function drawPalettes() {
    const now = JSON.stringify([[...session.held], session.palettes, session.event.paletteCount]);
    if (now === drawn) return;
    drawn = now;
    collected.replaceChildren(
      h("h2", {}, t("myPalettes"), h("span", { class: "tally" }, t("tally", { held: session.held.size, total: session.event.paletteCount }))),
      pans(session, (palette) => show("palette", { paletteId: palette.id })));
  }

  function words(state, hasPicture) {
    if (state === "none") return t("stateNone");
    if (state === "developing") return t("stateDeveloping");
    if (state === "failed") return t("stateFailed");
    if (state === "painting" || !hasPicture) return t("statePainting");
    if (session.isComplete) return t("stateComplete");
    return session.held.size ? t("stateReady", { left: session.event.paletteCount - session.held.size }) : t("stateSketch");
  }

  function isWhole() { return session.isComplete && session.update?.state === "ready" && Boolean(session.picture); }

  function alt() { return t("pictureAlt", { held: session.held.size, total: session.event.paletteCount }); }

  function open() { openViewer(session.picture.blob, alt()); }

  // The picture that is here already: the share sheet must open while the tap still counts.
  async function onShare() {
    if (await share(session.picture.blob)) return;
    download(session.picture.blob);
    say(t("sharedAsFile"));
  }

  async function onSave(event) {
    const pressed = event.currentTarget;
    pressed.disabled = true;
    say(t("saving"));
    try {
      const { blob } = await fetchPicture("selected", { rendition: "full" }, { onWait: () => say(t("savingWait")) });
      download(blob);
      say(t("saved"));
    } catch (error) {
      say(problem(error));
    }
    pressed.disabled = false;
  }
}

// Says nothing twice to a screen reader.
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
