// A picture on paper. A new one comes over the old one like paint: from nothing to fully there.
import { h } from "./element.js";

const painting = () => parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--painting"));

export function createPicture(placeholder) {
  const stack = h("div", { class: "stack" }, placeholder);
  let top = null;

  /** Resolves when the picture is there; its fading goes on after that and ends with `finished`. */
  async function put(blob, alt, { fade = true } = {}) {
    const address = URL.createObjectURL(blob);
    const image = h("img", { alt, src: address, draggable: "false" });
    top = image;
    await image.decode().catch(() => {});
    URL.revokeObjectURL(address);
    if (top !== image) return;
    stack.style.setProperty("--ratio", `${image.naturalWidth} / ${image.naturalHeight}`);
    const before = [...stack.children];
    stack.append(image);
    before.forEach((old) => old.setAttribute("aria-hidden", "true"));
    const clear = () => before.forEach((old) => old.remove());
    if (!fade || before.length === 0) return clear();
    const arriving = image.animate([{ opacity: 0 }, { opacity: 1 }], { duration: painting(), easing: "ease-in-out" });
    arriving.finished.then(clear, clear);
  }

  return { element: stack, put };
}

/** What hangs in the frame before there is a photo: a few pencil lines. */
export const blankSketch = () => h("div", { class: "blank", "aria-hidden": "true" }, pencilLines());

export const pencilLines = () => h("svg", { viewBox: "0 0 120 90", class: "pencil-drawing" },
  ["M12 78c14-22 22-30 31-30 10 0 12 16 20 16 7 0 11-14 19-14 9 0 17 14 27 26", "M84 24c0-6 5-10 10-9 6 0 10 5 9 10-1 6-6 9-11 8-5 0-8-4-8-9z",
    "M18 82l12-14M26 83l14-17M35 83l12-14M70 82l10-12M78 83l11-13M88 82l8-9"].map((d) => h("path", { d })));
