// Which picture is painted: the own photo or one of the event's.
import { h } from "../element.js";
import { back, say, watch } from "../app.js";
import { blankSketch, createPicture } from "../picture.js";
import { fetchPicture } from "../pictures.js";
import { session } from "../session.js";
import { t } from "../words.js";
import { page, problem } from "./frame.js";

export function images() {
  const list = h("ul", { class: "choices" });
  const known = new Map();
  let drawn = "";
  watch(session, ["change"], draw);
  draw();
  session.refresh().catch((error) => say(problem(error)));
  return page(t("images"), h("p", { class: "hint" }, t("imagesHow")), list);

  // Only when there is something new: see home.
  function draw() {
    const now = JSON.stringify(session.images.map(({ imageId, state, selected }) => [imageId, state, selected]));
    if (now === drawn) return;
    drawn = now;
    list.replaceChildren(...session.images.map((image, index) => {
      const label = image.kind === "photo" ? t("myPhoto") : t("eventImage", { number: session.images.slice(0, index + 1).filter((other) => other.kind !== "photo").length });
      return h("li", {}, h("button", { type: "button", class: "sheet choice", "aria-pressed": String(image.selected), onclick: () => choose(image) },
        thumbnail(image), h("span", { class: "choice-name" }, label, note(image))));
    }));
    if (!session.images.length) list.replaceChildren(h("li", { class: "hint" }, t("noImages")));
  }

  function note(image) {
    if (image.state === "failed" && !image.palettes.length) return h("span", { class: "hint" }, t("imageFailed"));
    if (!image.palettes.length) return h("span", { class: "hint" }, t("imageComing"));
    return image.selected && h("span", { class: "chosen" }, t("chosen"));
  }

  function thumbnail(image) {
    if (!image.palettes.length) return createPicture(blankSketch()).element;
    if (!known.has(image.imageId)) {
      const picture = createPicture(blankSketch());
      known.set(image.imageId, picture.element);
      fetchPicture(image.imageId, { rendition: "thumbnail" }).then(({ blob }) => picture.put(blob, "", { fade: false }), () => {});
    }
    return known.get(image.imageId);
  }

  async function choose(image) {
    try {
      if (!image.selected) await session.select(image.imageId);
      back();
    } catch (error) {
      say(problem(error));
    }
  }
}
