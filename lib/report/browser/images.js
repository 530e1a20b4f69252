// @ts-check
/// <reference lib="dom" />
// Runs in the report, before the other scripts about images: shows the images of a cell, a class or a bin in a dialog. Which ones is in the
// address, behind the #, so that it can be shared: `#cell=3,7`, `#pair=3,7`, `#class=3`,
// `#predicted=7`, `#bin=9` or `#images=all`, perhaps with `run=2`, `only=wrong` and `search=…`.

/**
 * Lists as `images/list_images.ts` writes them.
 * @typedef {{ at: number, id: string, actual: number, predicted: number, bin: number,
 *   probabilities?: number[], likeliest?: [number, number][], picture?: number,
 *   state?: "changed" | "missing" }} ListedImage
 * @typedef {{ run?: number, name: string, classes: string[], confusion: number[][],
 *   scores: (number | null)[][], images: ListedImage[], notes: string[] }} ListedRun
 * What is shown: images that have all that is given.
 * @typedef {{ run: ListedRun, actual?: number | undefined, predicted?: number | undefined,
 *   both?: boolean, bin?: number | undefined, only?: string, search?: string, unknown?: boolean }} View
 */

/** How many images are shown at first, and then at once. */
const atOnce = 48, bins = 10;
const { packed, pictures } = JSON.parse(
  document.getElementById("images-data")?.textContent ?? "",
);
/** @type {ListedRun[]} */
let runs = [];

/** @param {string} id */
function element(id) {
  return /** @type {any} */ (document.getElementById(`images-${id}`));
}
/** @type {HTMLDialogElement} */
const dialog = element("dialog");
const form = /** @type {any} */ (dialog.querySelector("form"));

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

/** @param {number} fraction */
function percent(fraction) {
  return `${(100 * fraction).toFixed(1)}\u00a0%`;
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

/**
 * Returns an image with what was predicted, and Grad-CAM beside it where a gallery of the page has it.
 *
 * @param {ListedRun} run
 * @param {ListedImage} image
 */
function itemOf(run, image) {
  const { id, actual, predicted, picture, state } = image;
  const shown = document.querySelector(`[data-image="${run.run ?? 1}:${image.at}"]`);
  const [own, heat] = shown?.querySelectorAll(".images img") ?? [];
  const isSaved = shown?.closest("[data-saved]");
  const source = picture === undefined || state && isSaved
    ? /** @type {HTMLImageElement | undefined} */ (own)?.src
    : `data:image/webp;base64,${pictures[picture]}`;
  const images = make("div", { className: "images" });
  if (source) images.append(make("img", { src: source, alt: `Image ${id}` }));
  else images.append(make("span", { className: "none" }, "no picture in this page"));
  if (heat) images.append(heat.cloneNode());
  const name = (/** @type {number} */ label) => run.classes[label] ?? String(label);
  const top = image.likeliest ??
    Array.from(image.probabilities ?? [], (probability, label) => [label, probability])
      .sort(([, one = 0], [, other = 0]) => other - one).slice(0, 3);
  const told = state === "missing" ? "The data set has no such picture any more." : state &&
    (isSaved ? "Saved at the evaluation; changed since." : "Changed since the evaluation.");
  const isRight = actual === predicted;
  const strong = (/** @type {string} */ text, /** @type {string} */ className) =>
    make("strong", { className }, text);
  const caption = make(
    "figcaption",
    {},
    ...["Actual: ", strong(name(actual), "correct"), make("br")],
    ...["Predicted: ", strong(name(predicted), isRight ? "correct" : "wrong")],
    isRight ? " (right)" : " (wrong)",
    make(
      "ol",
      {},
      ...top.map(([label = 0, probability = 0]) =>
        make("li", {}, `${name(label)} ${percent(probability)}`)
      ),
    ),
    ...(told ? [make("span", { className: "told" }, told)] : []),
    make("small", {}, id),
  );
  const scale = shown?.querySelector(".scale");
  if (heat && scale) caption.append(scale.cloneNode(true));
  return make("li", heat ? { className: "pair" } : {}, make("figure", {}, images, caption));
}

/** What the dialog shows. */
let view = /** @type {View | undefined} */ (undefined);
let most = atOnce;

/** @param {View} next */
function fillForm({ run, actual, predicted, both, bin, only, search }) {
  const option = (/** @type {string} */ text, /** @type {number} */ value) =>
    make("option", { value }, text);
  const any = () => make("option", { value: "" }, "any");
  for (const select of [form.actual, form.predicted]) {
    select.replaceChildren(any(), ...run.classes.map(option));
  }
  form.bin.replaceChildren(
    any(),
    ...Array.from({ length: bins }, (_, bin) => option(binName(bin), bin)),
  );
  form.actual.value = actual ?? "";
  form.predicted.value = predicted ?? "";
  form.bin.value = bin ?? "";
  form.only.value = only;
  form.search.value = search;
  form.both.checked = both;
}

/** Shows the images of the view. */
function fillList() {
  if (!view) return;
  const { run, unknown } = view;
  const images = imagesOf(view), shown = images.slice(0, most);
  form.both.disabled = view.actual === undefined || view.predicted === undefined;
  element("title").textContent = titleOf(view);
  element("count").textContent = (unknown ? "This page has not all that the address names. " : "") +
    `${images.length === 1 ? "1 image" : `${images.length || "No"} images`}` +
    (shown.length < images.length ? `, the first ${shown.length} shown` : "") +
    (images.length > 1 ? ", the most confident first" : "");
  element("list").replaceChildren(...shown.map((image) => itemOf(run, image)));
  element("more").hidden = shown.length === images.length;
  element("more").textContent = `Show ${Math.min(atOnce, images.length - shown.length)} more`;
  element("notes").replaceChildren(
    ...run.notes.map((note) => make("p", { className: "note" }, note)),
  );
}

/** Shows what the address says. */
function follow() {
  view = readView(location.hash);
  if (!view) return dialog.close();
  most = atOnce;
  fillForm(view);
  fillList();
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  element("title").focus();
}

function filter() {
  if (!view) return;
  const index = (/** @type {string} */ value) => value === "" ? undefined : Number(value);
  view = {
    run: view.run,
    actual: index(form.actual.value),
    predicted: index(form.predicted.value),
    both: form.both.checked && form.actual.value !== "" && form.predicted.value !== "",
    bin: index(form.bin.value),
    only: form.only.value,
    search: form.search.value,
  };
  most = atOnce;
  history.replaceState(null, "", fragmentOf(view));
  fillList();
}

async function start() {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  runs = await new Response(stream).json();
  form.addEventListener("input", filter);
  form.addEventListener("submit", (/** @type {Event} */ event) => event.preventDefault());
  element("close").addEventListener("click", () => dialog.close());
  element("more").addEventListener("click", () => {
    const before = most;
    most += atOnce;
    fillList();
    const next = element("list").children[before];
    next.tabIndex = -1;
    next.focus();
  });
  // A click beside the dialog is one on the dialog itself.
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    // Back leads to what was shown; the page stays where it is.
    if (readView(location.hash)) history.pushState(null, "", location.href.split("#")[0]);
  });
  addEventListener("hashchange", follow);
  follow();
}

/** What the other scripts use. */
const shared = { runOf, imagesOf, titleOf, fragmentOf, make, started: start() };
/** @typedef {typeof shared} Shared */
Object.assign(window, { reportImages: shared });
