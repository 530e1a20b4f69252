// @ts-check
/// <reference lib="dom" />
// Runs in a report's page, after Plotly: draws the charts as wide as there is room, in the reader's
// light or dark, and on paper in light.

/**
 * Plotly's specifications and elements are nobody's types.
 * @typedef {any} Loose
 * @typedef {[number, number]} Range
 * @typedef {{ data: Loose[], layout: Loose, least: number }} Variant
 * @typedef {{ id: string, variants: Variant[], square: boolean, zoom: boolean, orders?: Record<string, number[]> }} Chart
 */

const { Plotly } = /** @type {Loose} */ (window);
/** @type {{ charts: Chart[], dark: Record<string, string> }} */
const { charts, dark } = JSON.parse(document.getElementById("charts")?.textContent ?? "");

const darkness = matchMedia("(prefers-color-scheme: dark)");
/** A sheet of A4 between its margins, in pixels. */
const paperWidth = 660;
let isPrinting = false;

/** @param {Chart} chart */
function placeOf({ id }) {
  return /** @type {Loose} */ (document.getElementById(id));
}

/** @param {Chart} chart */
function toolbarOf({ id }) {
  return /** @type {HTMLElement | null} */ (document.querySelector(`[data-for="${id}"]`));
}

/**
 * The same in the dark page's colours, where a key or a style says that a text is a colour.
 *
 * @param {Loose} value
 * @returns {Loose}
 */
function darkened(value, isColour = false) {
  if (typeof value === "string") {
    if (isColour) return dark[value] ?? value;
    return value.replace(/color:(#[0-9a-f]{6})/g, (all, colour) => `color:${dark[colour] ?? all}`);
  }
  if (Array.isArray(value)) return value.map((part) => darkened(part, isColour));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map((
      [key, part],
    ) => [key, darkened(part, isColour || /color/.test(key))]),
  );
}

/**
 * The widest of a chart's variants that fits, stretched to the room that there is.
 *
 * @param {Chart} chart
 * @returns {Variant | undefined}
 */
function fit({ variants, square }, /** @type {number} */ room) {
  const fitting = variants.find(({ least }) => least <= room) ?? variants.at(-1);
  if (!fitting) return undefined;
  const { layout, least } = fitting;
  const width = Math.max(least, fitting === variants[0] ? Math.min(room, layout.width) : room);
  const height = layout.height + (square ? width - layout.width : 0);
  return structuredClone({ ...fitting, layout: { ...layout, width, height } });
}

/** @param {Chart} chart */
function draw(chart) {
  const place = placeOf(chart);
  const variant = fit(chart, isPrinting ? paperWidth : place.parentElement.clientWidth);
  if (!variant) return;
  const order = chart.orders?.[toolbarOf(chart)?.querySelector("select")?.value ?? ""];
  if (order) reorder(variant, order);
  const { data, layout } = variant;
  if (chart.zoom) {
    for (const axis of [layout.xaxis, layout.yaxis]) axis.fixedrange = false;
    if (place.layout) {
      layout.xaxis.range = place.layout.xaxis.range;
      layout.yaxis.range = place.layout.yaxis.range;
    }
  }
  layout.font.family = getComputedStyle(document.body).fontFamily;
  const { font, paper_bgcolor: bgcolor } = layout;
  layout.hoverlabel = { bgcolor, bordercolor: font.color, font };
  // A finger scrolls the page.
  layout.dragmode = chart.zoom && matchMedia("(pointer: fine)").matches && "zoom";
  const isDark = darkness.matches && !isPrinting;
  const [shown, laidOut] = isDark ? darkened([data, layout]) : [data, layout];
  Plotly.react(place, shown, laidOut, { displayModeBar: false, doubleClick: "reset" });
}

/**
 * Puts a matrix's rows and columns into another order.
 *
 * @param {Variant} variant
 * @param {number[]} order
 */
function reorder({ data, layout }, order) {
  const places = order.map((_, index) => order.indexOf(index));
  for (const trace of data) {
    if (trace.type === "heatmap") {
      for (const key of ["z", "text"]) {
        trace[key] = order.map((row) => order.map((column) => trace[key][row][column]));
      }
    } else {
      for (const key of ["x", "y"]) {
        trace[key] = trace[key].map((/** @type {number} */ place) => places[place]);
      }
    }
  }
  for (const axis of [layout.xaxis, layout.yaxis]) {
    axis.ticktext = order.map((index) => axis.ticktext[index]);
  }
}

/**
 * A range of an axis that is magnified around its middle and moved by a part of itself, within the
 * whole.
 *
 * @param {Range} range
 * @param {Range} whole From low to high, or the other way round.
 * @param {{ factor?: number, move?: number }} change How much more is shown.
 * @returns {Range}
 */
function look([from, to], [first, last], { factor = 1, move = 0 }) {
  const size = Math.min(Math.abs(last - first), Math.abs(to - from) * factor);
  const start = (from + to - size) / 2 + move * size;
  const left = Math.min(Math.max(first, last) - size, Math.max(Math.min(first, last), start));
  return first < last ? [left, left + size] : [left + size, left];
}

/** @type {Record<string, Range>} Right and down. */
const moves = {
  ArrowLeft: [-0.25, 0],
  ArrowRight: [0.25, 0],
  ArrowUp: [0, -0.25],
  ArrowDown: [0, 0.25],
};
/** @type {Record<string, number>} */
const factors = { in: 0.6, out: 1 / 0.6, all: Infinity };

/** @param {Chart} chart */
function readyToolbar(chart) {
  const toolbar = toolbarOf(chart), place = placeOf(chart), whole = chart.variants[0]?.layout;
  if (!toolbar) return;
  toolbar.hidden = false;
  toolbar.querySelector("select")?.addEventListener("change", () => draw(chart));
  const change = (/** @type {number} */ factor, [right, down] = [0, 0]) => {
    const { xaxis, yaxis } = place.layout;
    Plotly.relayout(place, {
      "xaxis.range": look(xaxis.range, whole.xaxis.range, { factor, move: right }),
      "yaxis.range": look(yaxis.range, whole.yaxis.range, { factor, move: down }),
    });
  };
  for (const button of toolbar.querySelectorAll("button")) {
    button.addEventListener("click", () => change(factors[button.dataset.zoom ?? ""] ?? 1));
    button.addEventListener("keydown", (event) => {
      const move = moves[event.key];
      if (!move) return;
      event.preventDefault();
      change(1, move);
    });
  }
}

function drawAll() {
  for (const chart of charts) draw(chart);
}

drawAll();
for (const chart of charts) readyToolbar(chart);
darkness.addEventListener("change", drawAll);
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === width) return;
  width = innerWidth;
  requestAnimationFrame(drawAll);
});
addEventListener("beforeprint", () => {
  isPrinting = true;
  drawAll();
});
addEventListener("afterprint", () => {
  isPrinting = false;
  drawAll();
});
