// @ts-check
/// <reference lib="dom" />
// Runs in the report after Plotly: draws the charts as wide as the page allows, in light or dark, and
// in light on paper.

/**
 * Plotly's specs and elements have no types here.
 * @typedef {any} Loose
 * @typedef {{ data: Loose[], layout: Loose, minWidth: number }} Variant
 * @typedef {{ id: string, variants: Variant[], square?: boolean, zoom?: boolean, clicks?: boolean, orders?: Record<string, number[]> }} Chart
 */

const { Plotly } = /** @type {Loose} */ (window);
/** @type {{ charts: Chart[], dark: Record<string, string> }} */
const { charts, dark } = JSON.parse(document.getElementById("charts")?.textContent ?? "");

const darkScheme = matchMedia("(prefers-color-scheme: dark)");
/** Width of an A4 sheet between its margins, and of a square chart on it, in pixels. */
const sheetWidth = 660, sheetSquare = 560;
let isPrinting = false;
/**
 * All labels of the axes of matrices, horizontal and vertical.
 * @type {Map<Loose, [string[], string[]]>}
 */
const labels = new Map();

/** @param {Chart} chart */
function plotOf({ id }) {
  return /** @type {Loose} */ (document.getElementById(id));
}

/** @param {Chart} chart */
function menuOf({ id }) {
  return /** @type {HTMLElement | null} */ (document.querySelector(`[data-for="${id}"]`));
}

/**
 * A JSON reviver that gives a chart the dark page's colors. It changes texts only where a key or a
 * style says that they are colors: a class may be called `#ffffff`.
 *
 * @param {string} key
 * @param {Loose} value
 */
function darken(key, value) {
  if (key.includes("color")) return darkColor(value);
  if (typeof value !== "string") return value;
  return value.replace(/color:(#[0-9a-f]{6})/g, (_, color) => `color:${darkColor(color)}`);
}

/**
 * @param {Loose} value A color, or a list or a scale of colors.
 * @returns {Loose}
 */
function darkColor(value) {
  return Array.isArray(value) ? value.map(darkColor) : dark[value] ?? value;
}

/** @param {Chart} chart */
function draw(chart) {
  const { variants, square, zoom, clicks, orders } = chart;
  const plot = plotOf(chart);
  const room = isPrinting ? square ? sheetSquare : sheetWidth : plot.parentElement.clientWidth;
  const variant = variants.find(({ minWidth }) => minWidth <= room) ?? variants.at(-1);
  const isDark = darkScheme.matches && !isPrinting;
  const { data, layout, minWidth } = JSON.parse(
    JSON.stringify(variant),
    isDark ? darken : undefined,
  );
  const fitted = variant === variants[0] ? Math.min(room, layout.width) : room;
  const width = Math.max(minWidth, fitted);
  if (square) layout.height += width - layout.width;
  layout.width = width;
  layout.font.family = getComputedStyle(document.body).fontFamily;
  const { font, paper_bgcolor: bgcolor } = layout;
  layout.hoverlabel = { bgcolor, bordercolor: font.color, font };
  layout.modebar = { bgcolor, color: font.color, activecolor: font.color };
  // On a touch screen, a finger scrolls the page.
  layout.dragmode = zoom && matchMedia("(pointer: fine)").matches && "zoom";
  if (zoom) allowZoom(layout);
  // A bar of no height is clicked where it would be.
  if (clicks) layout.clickanywhere = true;
  const order = orders?.[menuOf(chart)?.querySelector("select")?.value ?? ""];
  if (order) reorder(data, layout, order);
  if (square) {
    labels.set(plot, [layout.xaxis.ticktext, layout.yaxis.ticktext]);
    Object.assign(layout.xaxis, thinned(plot, layout, 0));
    Object.assign(layout.yaxis, thinned(plot, layout, 1));
  }
  Plotly.react(plot, data, layout, {
    displayModeBar: zoom ?? false,
    modeBarButtons: [["zoomIn2d", "zoomOut2d", "resetScale2d"]],
    displaylogo: false,
    doubleClick: clicks ? false : "reset",
  });
}

/**
 * Returns the labels of a matrix's axis that have enough space: every one, every second, and so on.
 *
 * @param {Loose} plot
 * @param {Loose} layout
 * @param {0 | 1} direction Horizontal or vertical.
 */
function thinned(plot, layout, direction) {
  const { width, height, margin: { l, r, t, b } } = layout;
  const [space, axis] = direction === 0
    ? [width - l - r, layout.xaxis]
    : [height - t - b, layout.yaxis];
  const all = labels.get(plot)?.[direction] ?? [];
  const step = space / Math.abs(axis.range[1] - axis.range[0]);
  const every = Math.ceil(1.2 * axis.tickfont.size / step);
  const tickvals = [...all.keys()].filter((index) => index % every === 0);
  return { tickvals, ticktext: tickvals.map((index) => all[index]) };
}

/**
 * Shows more labels where a reader has zoomed in.
 *
 * @param {Loose} plot
 */
function thinAgain(plot) {
  const { layout } = plot;
  const [x, y] = [thinned(plot, layout, 0), thinned(plot, layout, 1)];
  const counts = [layout.xaxis, layout.yaxis].map(({ tickvals }) => tickvals.length);
  if (x.tickvals.length === counts[0] && y.tickvals.length === counts[1]) return;
  Plotly.relayout(plot, {
    "xaxis.tickvals": x.tickvals,
    "xaxis.ticktext": x.ticktext,
    "yaxis.tickvals": y.tickvals,
    "yaxis.ticktext": y.ticktext,
  });
}

/** @param {Loose} layout */
function allowZoom(layout) {
  layout.uirevision = "kept when it is drawn again";
  for (const axis of [layout.xaxis, layout.yaxis]) {
    axis.fixedrange = false;
    axis.minallowed = Math.min(...axis.range);
    axis.maxallowed = Math.max(...axis.range);
  }
}

/**
 * Puts a matrix's rows and columns into another order.
 *
 * @param {Loose[]} data
 * @param {Loose} layout
 * @param {number[]} order
 */
function reorder(data, layout, order) {
  for (const trace of data) {
    const isMatrix = trace.type === "heatmap";
    if (isMatrix) {
      trace.customdata = order.map((/** @type {number} */ index) => trace.customdata[index]);
    }
    for (const key of isMatrix ? ["z", "text"] : ["x", "y"]) {
      const old = trace[key];
      trace[key] = isMatrix
        ? order.map((row) => order.map((column) => old[row][column]))
        : old.map((/** @type {number} */ place) => order.indexOf(place));
    }
  }
  for (const axis of [layout.xaxis, layout.yaxis]) {
    axis.ticktext = order.map((index) => axis.ticktext[index]);
  }
}

/** @type {Record<string, [axis: "xaxis" | "yaxis", direction: number]>} */
const arrows = {
  ArrowLeft: ["xaxis", -1],
  ArrowRight: ["xaxis", 1],
  ArrowUp: ["yaxis", -1],
  ArrowDown: ["yaxis", 1],
};

/**
 * Moves what is shown of a magnified chart by a quarter of it.
 *
 * @param {Loose} plot
 * @param {KeyboardEvent} event
 */
function move(plot, event) {
  const [name, direction] = arrows[event.key] ?? [];
  if (!name || !direction) return;
  event.preventDefault();
  const { range: [from, to], minallowed, maxallowed } = plot.layout[name];
  const size = Math.min(Math.abs(to - from), maxallowed - minallowed);
  const next = Math.min(from, to) + direction * size / 4;
  const low = Math.max(minallowed, Math.min(maxallowed - size, next));
  const range = from < to ? [low, low + size] : [low + size, low];
  Plotly.relayout(plot, { [`${name}.range`]: range });
}

function drawAll() {
  for (const chart of charts) draw(chart);
}

/** @param {boolean} value */
function print(value) {
  isPrinting = value;
  drawAll();
}

drawAll();
for (const chart of charts) {
  const menu = menuOf(chart), plot = plotOf(chart);
  if (menu) menu.hidden = false;
  menu?.addEventListener("change", () => draw(chart));
  if (chart.square) plot.on("plotly_relayout", () => thinAgain(plot));
  if (chart.zoom) {
    plot.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => move(plot, event));
  }
}
darkScheme.addEventListener("change", drawAll);
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === width) return;
  width = innerWidth;
  requestAnimationFrame(drawAll);
});
addEventListener("beforeprint", () => print(true));
addEventListener("afterprint", () => print(false));
