// @ts-check
/// <reference lib="dom" />
// Runs in the report: saves predictions, classes and confusion matrix as CSV files.

/** @typedef {import("./views.js").ListedRun} ListedRun */

/** @type {import("./views.js").Shared} */
const { runOf, make, unpacked } = /** @type {any} */ (window).reportImages;

/**
 * Writes a cell. Spreadsheets run texts that begin like formulas; an apostrophe makes them texts.
 *
 * @param {string | number | null | undefined} value
 */
function csvCell(value) {
  if (typeof value !== "string") return String(value ?? "");
  const text = /^\s*[=+\-@＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @param {ListedRun} run */
function predictionRows({ classes, images }) {
  const head = ["image", "actual", "predicted"];
  const name = (/** @type {number} */ label) => classes[label];
  if (images.every(({ probabilities }) => probabilities)) {
    return [
      [...head, ...classes],
      ...images.map(({ id, actual, predicted, probabilities = [] }) => [
        ...[id, name(actual), name(predicted)],
        ...probabilities,
      ]),
    ];
  }
  const places = images[0]?.likeliest?.map((_, at) => at + 1) ?? [];
  return [
    [...head, ...places.flatMap((place) => [`class ${place}`, `probability ${place}`])],
    ...images.map(({ id, actual, predicted, likeliest = [] }) => [
      ...[id, name(actual), name(predicted)],
      ...likeliest.flatMap(([label, probability]) => [name(label), probability]),
    ]),
  ];
}

/** @type {Record<string, (run: ListedRun) => (string | number | null | undefined)[][]>} */
const tables = {
  predictions: predictionRows,
  classes: ({ classes, scores }) => [
    ["class", "correct", "images", "accuracy", "interval from", "interval to", "precision", "F1"],
    ...classes.map((name, label) => [name, ...scores[label] ?? []]),
  ],
  confusion: ({ classes, confusion, cells }) =>
    cells
      ? [
        ["actual", "predicted", "images"],
        ...cells.map(([actual, predicted, images]) => [
          ...[classes[actual], classes[predicted]],
          images,
        ]),
      ]
      : [
        ["actual", ...classes],
        ...classes.map((name, label) => [name, ...confusion[label] ?? []]),
      ],
};

/**
 * @param {string} kind
 * @param {ListedRun} run
 */
function save(kind, run) {
  const lines = tables[kind]?.(run).map((row) => row.map(csvCell).join(",") + "\r\n") ?? [];
  const href = URL.createObjectURL(new Blob(lines, { type: "text/csv" }));
  const download = `${run.name.replace(/[^\p{L}\p{N}._-]+/gu, "-")}-${kind}.csv`;
  make("a", { href, download }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/** @type {NodeListOf<HTMLButtonElement>} */
const savers = document.querySelectorAll("[data-csv]");
unpacked.then(() => {
  for (const button of savers) {
    const run = runOf(button.dataset.run ?? 1);
    button.hidden = false;
    button.addEventListener("click", () => run && save(button.dataset.csv ?? "", run));
  }
});
