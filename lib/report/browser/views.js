// @ts-check
/// <reference lib="dom" />
// Runs in the report before the other scripts about images. Which images are shown is in the address,
// behind the #, so that it can be shared: `#cell=3,7`, `#pair=3,7`, `#class=3`, `#predicted=7`,
// `#bin=9` or `#images=all`, perhaps with `run=2`, `only=wrong` and `search=…`.

/**
 * Lists as `images/list_images.ts` writes them.
 * @typedef {{ at: number, id: string, actual: number, predicted: number, bin: number,
 *   probabilities?: number[], likeliest?: [number, number][], picture?: number,
 *   state?: "changed" | "missing" }} ListedImage
 * @typedef {{ run?: number, name: string, classes: string[], confusion: number[][],
 *   cells?: [number, number, number][],
 *   scores: (number | null)[][], images: ListedImage[], notes: string[] }} ListedRun
 * What is shown: images that have all that is given.
 * @typedef {{ run: ListedRun, actual?: number | undefined, predicted?: number | undefined,
 *   both?: boolean, bin?: number | undefined, only?: string, search?: string, unknown?: boolean }} View
 */

const bins = 10;
const { packed, pictures } = JSON.parse(
  document.getElementById("images-data")?.textContent ?? "",
);
/** @type {ListedRun[]} */
let runs = [];

/** @param {number | string} number */
function runOf(number) {
  return runs.find(({ run = 1 }) => run === Number(number));
}

/**
 * Reads what the address shows; nothing, if it shows no images.
 *
 * @param {string} hash
 * @returns {View | undefined}
 */
function readView(hash) {
  const query = new URLSearchParams(hash.slice(1));
  const kind = ["cell", "pair", "class", "predicted", "bin", "images"].find((key) =>
    query.has(key)
  );
  if (!kind) return undefined;
  const run = runOf(query.get("run") ?? runs[0]?.run ?? 1) ?? /** @type {ListedRun} */ (runs[0]);
  let unknown = query.has("run") && run.run !== Number(query.get("run"));
  const index = (/** @type {string | null | undefined} */ text, /** @type {number} */ count) => {
    if (text === null) return undefined;
    if (/^\d+$/.test(text ?? "") && Number(text) < count) return Number(text);
    unknown = true;
    return undefined;
  };
  const isCell = kind === "cell" || kind === "pair";
  const [first, second] = isCell ? (query.get(kind) ?? "").split(",") : [];
  const count = run.classes.length, only = query.get("only") ?? "";
  if (!["", "right", "wrong"].includes(only)) unknown = true;
  return {
    run,
    actual: index(isCell ? first : query.get("class"), count),
    predicted: index(isCell ? second : query.get("predicted"), count),
    both: kind === "pair",
    bin: index(query.get("bin"), bins),
    only: unknown ? "" : only,
    search: query.get("search") ?? "",
    unknown,
  };
}

/** @param {View} view */
function fragmentOf({ run, actual, predicted, both, bin, only, search }) {
  const hasCell = actual !== undefined && predicted !== undefined;
  const parts = [
    hasCell && `${both ? "pair" : "cell"}=${actual},${predicted}`,
    !hasCell && actual !== undefined && `class=${actual}`,
    !hasCell && predicted !== undefined && `predicted=${predicted}`,
    bin !== undefined && `bin=${bin}`,
  ].filter(Boolean);
  return "#" + [
    ...(run.run === undefined ? [] : [`run=${run.run}`]),
    ...(parts.length > 0 ? parts : ["images=all"]),
    ...(only ? [`only=${only}`] : []),
    ...(search ? [`search=${encodeURIComponent(search)}`] : []),
  ].join("&");
}

/** @param {View} view */
function imagesOf({ run, actual, predicted, both, bin, only, search = "" }) {
  const text = search.toLowerCase();
  const isIn =
    (/** @type {number | undefined} */ a, /** @type {number | undefined} */ p) =>
    (/** @type {ListedImage} */ image) =>
      (a === undefined || image.actual === a) && (p === undefined || image.predicted === p);
  const there = isIn(actual, predicted), back = isIn(predicted, actual);
  return run.images.filter((image) =>
    (there(image) || both && back(image)) && (bin === undefined || image.bin === bin) &&
    (!only || (image.actual === image.predicted) === (only === "right")) &&
    [image.id, run.classes[image.actual], run.classes[image.predicted]]
      .some((name) => name?.toLowerCase().includes(text))
  ).sort((one, other) => confidence(other) - confidence(one));
}

/** @param {ListedImage} image */
function confidence(image) {
  return image.probabilities?.[image.predicted] ?? image.likeliest?.[0]?.[1] ?? 0;
}

/** @param {number} bin */
function binName(bin) {
  return `${bin * 100 / bins}\u00a0% to ${(bin + 1) * 100 / bins}\u00a0%`;
}

/**
 * Says what is shown, but for what is searched.
 *
 * @param {View} view
 */
function titleOf({ run, actual, predicted, both, bin }) {
  const [from, to] = [actual, predicted].map((label) => run.classes[label ?? -1]);
  const classes = both && from !== undefined && to !== undefined
    ? `between ${from} and ${to}`
    : [from && `of ${from}`, to && `predicted as ${to}`].filter(Boolean).join(" ");
  const range = bin === undefined ? "" : `with probabilities of ${binName(bin)}`;
  const words = ["Images", classes, range].filter(Boolean).join(" ");
  return (words === "Images" ? "All images" : words) +
    (run.run === undefined ? "" : ` (${run.name})`);
}

/**
 * @param {string} tag
 * @param {Record<string, unknown>} properties
 * @param {(Node | string)[]} children
 */
function make(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

async function unpack() {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  runs = await new Response(stream).json();
}

/** What the other scripts use. */
const shared = {
  ...{ bins, binName, pictures, runOf, readView, fragmentOf, imagesOf, titleOf, make },
  unpacked: unpack(),
};
/** @typedef {typeof shared} Shared */
Object.assign(window, { reportImages: shared });
