// Columns as if painted: drawn when somebody opens the statistics, and again when the page's width changes.
const svgNamespace = "http://www.w3.org/2000/svg";
const height = 240;
const ground = 34;
const top = 22;
const left = 40;
const colours = 6;
const observed = new WeakMap();

export function draw(frame, chart) {
  forget(frame);
  if (chart.labels.length === 0) {
    frame.replaceChildren();
    return;
  }
  let width = 0;
  const observer = new ResizeObserver(() => {
    if (frame.clientWidth > 0 && frame.clientWidth !== width) {
      width = frame.clientWidth;
      frame.replaceChildren(picture(chart, width), ...(chart.legend ? [legend(chart)] : []));
    }
  });
  observer.observe(frame);
  observed.set(frame, observer);
}

export function forget(frame) {
  if (frame) {
    observed.get(frame)?.disconnect();
    observed.delete(frame);
  }
}

function picture(chart, width) {
  const totals = chart.labels.map((_, column) => chart.series.reduce((sum, series) => sum + series.values[column], 0));
  const step = stepOf(Math.max(...totals), chart.whole);
  const highest = Math.max(step, Math.ceil(Math.max(...totals) / step) * step);
  const scale = (height - ground - top) / highest;
  const room = (width - left) / chart.labels.length;
  const bar = Math.max(2, Math.min(56, room * 0.68));
  const floor = height - ground;
  const svg = element("svg", { class: "chart-svg", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": chart.summary });
  for (let value = 0; value <= highest + step / 2; value += step) {
    const y = floor - value * scale;
    svg.append(element("line", { class: value ? "chart-line" : "chart-ground", x1: left, x2: width, y1: y, y2: y }));
    svg.append(words(left - 6, y + 4, format(value), "chart-scale", "end"));
  }
  const every = Math.ceil(Math.max(1, ...chart.labels.map(label => label.length * 7.5 + 8)) / room);
  chart.labels.forEach((label, column) => {
    const x = left + room * column + (room - bar) / 2;
    let y = floor;
    chart.series.forEach((series, index) => {
      const tall = series.values[column] * scale;
      if (tall > 0) {
        y -= tall;
        const stroke = element("path", { class: `chart-bar paint-${index % colours}`, d: painted(x, y, bar, tall, column * 7 + index * 3) });
        const name = chart.series.length > 1 ? `${series.name}, ${label}` : label;
        stroke.append(element("title", {}, `${name}: ${format(series.values[column])}`));
        svg.append(stroke);
      }
    });
    if (totals[column] > 0 && bar >= 16) {
      svg.append(words(x + bar / 2, y - 6, format(totals[column]), "chart-value"));
    }
    if (column % every === 0) {
      svg.append(words(left + room * (column + 0.5), floor + 20, label, "chart-label"));
    }
  });
  return svg;
}

function legend(chart) {
  const list = document.createElement("ul");
  list.className = "chart-legend";
  chart.series.forEach((series, index) => {
    const item = document.createElement("li");
    const mark = document.createElement("span");
    mark.className = `paint-mark paint-${index % colours}`;
    item.append(mark, series.name);
    list.append(item);
  });
  return list;
}

// A stroke of the brush: no edge is quite straight, and the same column looks the same each time.
function painted(x, y, width, tall, seed) {
  const wobble = (index) => Math.sin((seed + 1) * 12.9898 + index * 78.233) * Math.min(2.2, width / 12, tall / 4);
  const [a, b, c, d, e, f] = [0, 1, 2, 3, 4, 5].map(wobble);
  const right = x + width;
  const bottom = y + tall;
  return `M${x} ${bottom}C${x + a} ${y + tall * 0.66} ${x + b} ${y + tall * 0.33} ${x} ${y + Math.abs(c)}`
    + `C${x + width * 0.33} ${y + d} ${x + width * 0.66} ${y + e} ${right} ${y + Math.abs(f)}`
    + `C${right + d} ${y + tall * 0.33} ${right + e} ${y + tall * 0.66} ${right} ${bottom}Z`;
}

// 1, 2 or 5 times a power of ten, so that there are at most six lines; half a visitor is none.
function stepOf(highest, whole) {
  const rough = Math.max(highest, 1e-3) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map(factor => factor * power).find(step => step >= rough && (!whole || step >= 1)) ?? 1;
}

function format(value) {
  return value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: value < 10 ? 1 : 0 });
}

function words(x, y, text, name, anchor = "middle") {
  return element("text", { class: name, x, y, "text-anchor": anchor }, text);
}

function element(name, attributes, text) {
  const made = document.createElementNS(svgNamespace, name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  if (text !== undefined) {
    made.textContent = text;
  }
  return made;
}
