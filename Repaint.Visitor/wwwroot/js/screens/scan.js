// The camera, looking for a spot's code.
import { h, button } from "../element.js";
import { back, show, whenLeft } from "../app.js";
import { codeIn } from "../picks.js";
import { scan as scanVideo } from "../scanner.js";
import { t } from "../words.js";
import { page } from "./frame.js";

export function scan() {
  const video = h("video", { playsinline: true, muted: true, "aria-label": t("cameraAlt") });
  const hint = h("p", { class: "scan-hint", role: "status" }, t("scanHow"));
  const finder = h("div", { class: "finder" }, video, h("i", { "aria-hidden": "true" }));
  let isLeft = false;
  let stop = () => {};
  whenLeft(() => { isLeft = true; stop(); });
  start();
  return page(t("scanSpot"), finder, hint, h("p", { class: "hint centred" }, t("scanElse")));

  async function start() {
    try {
      if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("", "NotSupportedError");
      stop = await scanVideo(video, found);
      if (isLeft) stop();
    } catch (error) {
      if (isLeft) return;
      const key = { NotAllowedError: "cameraRefused", NotFoundError: "cameraMissing", NotReadableError: "cameraBusy", TypeError: "decoderMissing" }[error.name] ?? "cameraTrouble";
      finder.replaceChildren(h("div", { class: "finder-trouble" }, h("p", {}, t(key)),
        button(t("tryAgain"), () => { finder.replaceChildren(video, h("i", { "aria-hidden": "true" })); start(); })));
      hint.textContent = "";
    }
  }

  function found(text) {
    const code = codeIn(text);
    if (!code) {
      hint.textContent = /^REPAINT:/i.test(text) ? t("scanVisitor") : t("scanForeign");
      return;
    }
    stop();
    navigator.vibrate?.(40);
    if (!isLeft) show("picked", { code }, { replace: true });
    else back();
  }
}
