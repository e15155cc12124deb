// A colour won: it floods the screen from its blot, drains back into it, and splashes.
import { h } from "./element.js";
import { isCalm } from "./browser.js";

// Where each drop flies, in the blot's own size: by hand, because chance clusters.
const drops = [
  [-0.9, -1.0, 0.16], [-0.2, -1.3, 0.1], [0.7, -1.1, 0.2], [1.5, -0.7, 0.12], [2.2, -0.2, 0.17], [1.9, 0.8, 0.1], [2.7, 1.3, 0.22],
  [1.1, 1.3, 0.14], [0.3, 1.7, 0.2], [-0.6, 1.4, 0.11], [-1.1, 0.7, 0.15], [3.1, 0.3, 0.1], [1.7, 2.2, 0.16], [-0.1, 2.5, 0.12],
];

/** `blot` is where it comes from and goes to; `others` are colours for the drops, when all of them celebrate. */
export function splash(blot, colour, others = []) {
  if (isCalm() || !colour) return;
  // Its place is where it is drawn, its size the one it will have: it is still growing.
  const { left, top, width, height } = blot.getBoundingClientRect();
  const { offsetWidth, offsetHeight } = blot;
  const layer = h("div", {
    class: "splash", "aria-hidden": "true",
    vars: {
      "--pigment": colour,
      "--left": `${left + (width - offsetWidth) / 2}px`, "--top": `${top + (height - offsetHeight) / 2}px`,
      "--width": `${offsetWidth}px`, "--height": `${offsetHeight}px`,
    },
  }, h("i", { class: "flood" }),
    drops.map(([x, y, size], index) => h("b", {
      vars: { "--x": x, "--y": y, "--size": size, "--turn": index, ...(others.length && { "--pigment": others[index % others.length] }) },
    })));
  document.body.append(layer);
  setTimeout(() => layer.remove(), 3_000);
}
