// The picture alone on the screen: pinch or double-tap to zoom, drag to move; keys + − 0, arrows and Esc.
import { h, iconButton } from "./element.js";
import { t } from "./words.js";

const most = 8;
const step = 60;

export function openViewer(blob, alt) {
  const address = URL.createObjectURL(blob);
  const image = h("img", { src: address, alt, draggable: "false" });
  const dialog = h("dialog", { class: "viewer", "aria-label": alt, onclose: close },
    image, iconButton(t("close"), "close", () => dialog.close()));
  const pointers = new Map();
  let scale = 1, x = 0, y = 0, lastTap = -Infinity;

  function close() {
    URL.revokeObjectURL(address);
    dialog.remove();
    document.removeEventListener("fullscreenchange", left);
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
  }

  // Esc, or the phone's back gesture, is asked for once and not twice.
  function left() {
    if (!document.fullscreenElement) dialog.close();
  }

  function place() {
    const reachX = (innerWidth * (scale - 1)) / 2;
    const reachY = (innerHeight * (scale - 1)) / 2;
    x = Math.max(-reachX, Math.min(reachX, x));
    y = Math.max(-reachY, Math.min(reachY, y));
    image.style.setProperty("transform", `translate(${x}px, ${y}px) scale(${scale})`);
  }

  /** Zooms so that what lies under the point stays there. */
  function zoom(to, clientX = innerWidth / 2, clientY = innerHeight / 2) {
    const next = Math.max(1, Math.min(most, to));
    const fromCentreX = clientX - innerWidth / 2, fromCentreY = clientY - innerHeight / 2;
    x = fromCentreX - ((fromCentreX - x) * next) / scale;
    y = fromCentreY - ((fromCentreY - y) * next) / scale;
    scale = next;
    place();
  }

  const spread = () => {
    const [a, b] = [...pointers.values()];
    return { distance: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  };

  image.addEventListener("pointerdown", (event) => {
    image.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (pointers.size > 1) return;
    if (event.timeStamp - lastTap < 300) zoom(scale > 1 ? 1 : 2.5, event.clientX, event.clientY);
    lastTap = event.timeStamp;
  });
  image.addEventListener("pointermove", (event) => {
    const last = pointers.get(event.pointerId);
    if (!last) return;
    const before = pointers.size === 2 ? spread() : null;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    // What moves is no tap; fingers tremble.
    if (Math.hypot(event.clientX - last.x, event.clientY - last.y) > 4) lastTap = -Infinity;
    if (before) {
      const now = spread();
      x += now.x - before.x;
      y += now.y - before.y;
      zoom((scale * now.distance) / Math.max(before.distance, 1), now.x, now.y);
    } else if (pointers.size === 1) {
      x += event.clientX - last.x;
      y += event.clientY - last.y;
      place();
    }
  });
  for (const type of ["pointerup", "pointercancel"]) image.addEventListener(type, (event) => pointers.delete(event.pointerId));
  dialog.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(scale * Math.exp(-event.deltaY / 300), event.clientX, event.clientY);
  }, { passive: false });
  dialog.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (event.key === "+" || event.key === "=") zoom(scale * 1.5);
    else if (event.key === "-") zoom(scale / 1.5);
    else if (event.key === "0") zoom(1);
    else if (moves[event.key]) { x += moves[event.key][0]; y += moves[event.key][1]; place(); }
  });

  document.body.append(dialog);
  dialog.showModal();
  // Where a page may: without the browser's bars. The page goes and not the dialog, which the standard does not allow.
  document.documentElement.requestFullscreen?.({ navigationUI: "hide" })
    .then(() => (dialog.open ? document.addEventListener("fullscreenchange", left) : document.exitFullscreen())).catch(() => {});
}
