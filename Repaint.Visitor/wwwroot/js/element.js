// Builds DOM without markup in strings: under the page's policy a string never becomes HTML.
const svgNames = new Set(["svg", "path", "circle", "rect", "g"]);

export function h(name, properties, ...children) {
  const element = svgNames.has(name)
    ? document.createElementNS("http://www.w3.org/2000/svg", name)
    : document.createElement(name);
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "vars") for (const [variable, set] of Object.entries(value)) element.style.setProperty(variable, set);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const drawings = {
  qr: ["M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4z", "M14 14h2.5v2.5M20 14v3M14 20h3M19.5 20h.5"],
  scan: ["M4 8V6a2 2 0 0 1 2-2h2M16 4h2a2 2 0 0 1 2 2v2M20 16v2a2 2 0 0 1-2 2h-2M8 20H6a2 2 0 0 1-2-2v-2", "M8.5 12.5c1.2-3 5.5-3.4 6.6-.6.9 2.4-1.3 3.9-3.4 3.5-2-.4-3.6-1.4-3.2-2.9z"],
  pictures: ["M4.5 7.5h12v11h-12z", "M8 4.5h11.5V15", "M5 16l3.5-4 3 3 2-2 3 3.5"],
  share: ["M12 15V4M8 7.5L12 4l4 3.5", "M6.5 11.5H5V20h14v-8.5h-1.5"],
  save: ["M12 4v11M8 11.5l4 3.700 4-3.700", "M5 16.5V20h14v-3.5"],
  more: ["M5 7h14M5 12h14M5 17h14"],
  close: ["M6 6l12 12M18 6L6 18"],
  back: ["M14.5 5.5L8 12l6.5 6.5"],
  expand: ["M14.5 4.5h5v5M19 5l-5.5 5.5M9.5 19.5h-5v-5M5 19l5.5-5.5"],
  copy: ["M9 8.5h10.5V20H9z", "M15 8V4.5H4.5V16H8.5"],
  check: ["M5 12.5l4.5 4.5L19 7"],
  later: ["M12 4.5a7.5 7.5 0 1 0 .1 0z", "M12 8v4.3l3 1.9"],
  unknown: ["M8.8 9.3c.2-2 1.6-3.2 3.4-3.2 1.9 0 3.3 1.2 3.3 3 0 2.700-3.4 2.8-3.4 5.3", "M12.100 18v.2"],
  offline: ["M4 9.5c4.700-4.3 11.3-4.3 16 0M7 13c3-2.700 7-2.700 10 0M10 16.5c1.2-1 2.8-1 4 0", "M5 5l14 14"],
  link: ["M14 5h5v5M19 5l-8 8", "M17 14v5H5V7h5"],
};

export const icon = (name) => h("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" },
  drawings[name].map((d) => h("path", { d })));

export const button = (label, onclick, { kind = "", glyph, ...rest } = {}) =>
  h("button", { type: "button", class: `button ${kind}`, onclick, ...rest }, glyph && icon(glyph), h("span", {}, label));

export const iconButton = (label, glyph, onclick) =>
  h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick }, icon(glyph));
