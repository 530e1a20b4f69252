// @ts-check
/// <reference lib="dom" />
// Runs in the report: shows the images that the address names in a dialog, which searches and filters.

/**
 * @typedef {import("./views.js").View} View
 * @typedef {import("./views.js").ListedRun} ListedRun
 * @typedef {import("./views.js").ListedImage} ListedImage
 */

/** @type {import("./views.js").Shared} */
const { bins, binName, pictures, readView, fragmentOf, imagesOf, titleOf, make, unpacked } =
  /** @type {any} */ (window).reportImages;
/** How many images are shown at first, and then at once. */
const atOnce = 48;

/** @param {string} id */
function element(id) {
  return /** @type {any} */ (document.getElementById(`images-${id}`));
}
/** @type {HTMLDialogElement} */
const dialog = element("dialog");
const form = /** @type {any} */ (dialog.querySelector("form"));

/** @param {number} fraction */
function percent(fraction) {
  return `${(100 * fraction).toFixed(1)}\u00a0%`;
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

unpacked.then(() => {
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
});
