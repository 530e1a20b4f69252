// @ts-check
/// <reference lib="dom" />
// Runs in the report: cells and bars of charts show their images, by a click, or by Tab, the arrow keys
// and Enter.

/**
 * Plotly's specs and elements have no types here.
 * @typedef {any} Loose
 */

const { Plotly, reportImages } = /** @type {Loose} */ (window);
/** @type {import("./views.js").Shared} */
const { runOf, imagesOf, titleOf, fragmentOf, make, unpacked } = reportImages;

/**
 * A part of a chart: what it shows, and its place on the axes.
 * @typedef {{ view: import("./views.js").View, x: [number, number], y: [number, number] }} Mark
 */

/**
 * The marks of a chart, in reading order.
 *
 * @param {Loose} plot
 * @returns {Mark[]}
 */
function marksOf(plot) {
  const run = runOf(plot.dataset.run);
  const { xaxis, yaxis } = plot.layout;
  return plot.data.flatMap((/** @type {Loose} */ trace, /** @type {number} */ at) => {
    if (trace.type === "heatmap") {
      return trace.customdata.flatMap((/** @type {number} */ actual, /** @type {number} */ row) =>
        trace.customdata.map((/** @type {number} */ predicted, /** @type {number} */ column) => ({
          view: { run, actual, predicted },
          x: [column - 0.5, column + 0.5],
          y: [row - 0.5, row + 0.5],
        }))
      );
    }
    if (trace.type !== "bar") return [];
    return trace.customdata.map((/** @type {Loose} */ value, /** @type {number} */ index) => {
      const [x, y] = [trace.x[index], trace.y[index]];
      if (plot.dataset.opens === "bin") {
        const half = trace.width[index] / 2;
        return { view: { run, bin: value[1] }, x: [x - half, x + half], y: yaxis.range };
      }
      const row = { y: [y - 0.5, y + 0.5] };
      if (plot.dataset.opens === "class") {
        return { view: { run, actual: value }, x: xaxis.range, ...row };
      }
      // Bars of a pair of classes, to the left and to the right.
      const side = at === 0 ? [xaxis.range[0], 0] : [0, xaxis.range[1]];
      return { view: { run, actual: value[0], predicted: value[1] }, x: side, ...row };
    });
  });
}

/** @param {Mark} mark */
function labelOf({ view }) {
  const { length } = imagesOf(view);
  return `${titleOf(view)}: ${length}`;
}

/**
 * The place of a mark in pixels of the chart.
 *
 * @param {Loose} plot
 * @param {Mark} mark
 */
function placeOf(plot, { x, y }) {
  const { xaxis, yaxis } = plot._fullLayout;
  const along = (/** @type {Loose} */ axis, /** @type {[number, number]} */ ends) => {
    const [one = 0, other = 0] = ends.map((end) => axis._offset + axis.d2p(end));
    return [Math.min(one, other), Math.abs(one - other)];
  };
  const [left = 0, width = 0] = along(xaxis, x), [top = 0, height = 0] = along(yaxis, y);
  return { left, top, width, height };
}

/** @param {Mark} mark */
function show({ view }) {
  location.hash = fragmentOf(view);
}

/**
 * The mark that keys reach: a button over it. Each place has a new one, so that screen readers tell it.
 *
 * @param {Loose} plot
 * @param {Mark} mark
 */
function putCursor(plot, mark) {
  const button = make("button", { type: "button", className: "cursor", ariaLabel: labelOf(mark) });
  button.addEventListener("click", () => show(mark));
  button.addEventListener("keydown", (event) => moveCursor(plot, mark, event));
  plot.querySelector(":scope > .cursor")?.remove();
  plot.append(button);
  plot.cursorMark = mark;
  position(plot);
  return button;
}

/** @param {Loose} plot */
function position(plot) {
  const { left, top, width, height } = placeOf(plot, plot.cursorMark);
  const button = plot.querySelector(":scope > .cursor");
  Object.assign(button.style, {
    ...{ left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` },
  });
}

/** @type {Record<string, [number, number]>} */
const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Moves the cursor to the nearest mark in the direction of an arrow key.
 *
 * @param {Loose} plot
 * @param {Mark} from
 * @param {KeyboardEvent} event
 */
function moveCursor(plot, from, event) {
  const step = steps[event.key];
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  const center = (/** @type {Mark} */ mark) => {
    const { left, top, width, height } = placeOf(plot, mark);
    return [left + width / 2, top + height / 2];
  };
  const [x = 0, y = 0] = center(from), [dx, dy] = step;
  let nearest, distance = Infinity;
  for (const mark of marksOf(plot)) {
    const [a = 0, b = 0] = center(mark);
    const ahead = (a - x) * dx + (b - y) * dy;
    const aside = Math.abs((a - x) * dy) + Math.abs((b - y) * dx);
    if (ahead < 1 || ahead + 9 * aside >= distance) continue;
    [nearest, distance] = [mark, ahead + 9 * aside];
  }
  if (!nearest) return;
  reveal(plot, nearest);
  putCursor(plot, nearest).focus();
}

/**
 * Moves what is shown of a magnified chart until a mark is in it.
 *
 * @param {Loose} plot
 * @param {Mark} mark
 */
function reveal(plot, mark) {
  for (const name of ["xaxis", "yaxis"]) {
    const ends = name === "xaxis" ? mark.x : mark.y;
    const [low, high] = [Math.min(...ends), Math.max(...ends)];
    const { range } = plot.layout[name];
    const shift = Math.min(0, low - Math.min(...range)) || Math.max(0, high - Math.max(...range));
    if (Math.abs(shift) < 1e-9) continue;
    Plotly.relayout(plot, {
      [`${name}.range`]: range.map((/** @type {number} */ end) => end + shift),
    });
  }
}

unpacked.then(() => {
  for (const plot of /** @type {Loose} */ (document.querySelectorAll(".plot[data-opens]"))) {
    const [first] = marksOf(plot);
    if (!first) continue;
    putCursor(plot, first);
    plot.on("plotly_afterplot", () => position(plot));
    plot.on("plotly_click", (/** @type {Loose} */ { xvals: [x], yvals: [y] }) => {
      const isIn = (/** @type {number} */ value, /** @type {number[]} */ ends) =>
        Math.min(...ends) <= value && value <= Math.max(...ends);
      const mark = marksOf(plot).find((mark) => isIn(x, mark.x) && isIn(y, mark.y));
      if (!mark) return;
      // The focus returns there when the dialog is closed.
      putCursor(plot, mark).focus({ preventScroll: true });
      show(mark);
    });
  }
});
