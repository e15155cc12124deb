// Which screen is shown. The phone's back button works; the address never changes, so that there is nothing in it to leak.
import { h, button } from "./element.js";
import { t } from "./words.js";

const screens = new Map();
const root = document.getElementById("app");
const announcer = h("p", { class: "announcer", role: "status" });
let leaving = [];
let instead = () => null;
let shown = null;

/** `build(parameters)` makes the screen's element; a page's title is its h1. */
export const define = (name, build) => screens.set(name, build);

export function show(name, parameters = {}, { replace = false } = {}) {
  history[replace ? "replaceState" : "pushState"]({ name, parameters }, "", location.pathname);
  render(name, parameters);
}

/** `decide(name)` names the screen to show in another one's place, or null. History may lead to what is not there any more. */
export const guard = (decide) => { instead = decide; };

/** The same screen again, as after a change of language. */
export const redraw = () => render(shown.name, shown.parameters);

export const back = () => (history.state?.name && history.length > 1 ? history.back() : show("home", {}, { replace: true }));

/** Called when the screen that is being built is left. */
export const whenLeft = (act) => leaving.push(act);

export function watch(target, types, act) {
  for (const type of types) {
    target.addEventListener(type, act);
    whenLeft(() => target.removeEventListener(type, act));
  }
}

function render(wanted, given) {
  const other = instead(wanted);
  const [name, parameters] = other ? [other, {}] : [wanted, given];
  leaving.splice(0).forEach((act) => act());
  document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  shown = { name, parameters };
  const element = screens.get(name)(parameters);
  element.classList.add("screen", name);
  root.replaceChildren(element, announcer);
  const heading = element.querySelector("h1");
  entitle(name === "home" ? "" : heading.textContent);
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  scrollTo(0, 0);
}

/** The title of the window. */
export function entitle(text) {
  document.title = text ? `${text} · Re:paint` : "Re:paint";
}

/** Says something that does not need an answer, to eyes and to screen readers. */
export function say(text) {
  announcer.textContent = text;
  announcer.classList.remove("heard");
  clearTimeout(say.timer);
  say.timer = setTimeout(() => announcer.classList.add("heard"), 6_000);
}

/** A question over the page; answers whether it was agreed to. */
export function ask(title, text, { yes, no = t("cancel"), kind = "primary" } = {}) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { class: "sheet question", "aria-labelledby": "question", onclose: () => { dialog.remove(); resolve(dialog.returnValue === "yes"); } },
      h("h2", { id: "question" }, title), [text].flat().map((paragraph) => h("p", {}, paragraph)),
      h("div", { class: "buttons" },
        button(yes, () => dialog.close("yes"), { kind }),
        // What cannot be undone is not what a hasty Enter does.
        no && button(no, () => dialog.close("no"), { kind: "quiet", autofocus: kind === "danger" })));
    document.body.append(dialog);
    dialog.showModal();
  });
}

addEventListener("popstate", (event) => {
  // Without a state it is no step of ours, but a code that was opened: see main.js.
  if (event.state) render(event.state.name, event.state.parameters);
});
