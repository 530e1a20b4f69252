import { plural } from "../../display/format.ts";
import { attributes, type Html, markup } from "../../display/markup.ts";
import { imagesLink } from "../images/links.ts";
import type { ListedRun } from "../images/list_images.ts";
import { type Section, section } from "./section.ts";

/** What can be saved of a run; `browser/csv.js` writes it. */
const files = { predictions: "Predictions", classes: "Classes", confusion: "Confusion matrix" };

/** All images of the runs, to search and to save; what of them is left out. */
export function imagesSection(runs: readonly ListedRun[]): Section {
  const parts = runs.map(({ run, name, images }) => {
    const several = run !== undefined;
    const text = `Search the ${plural(images.length, "image")}${several ? ` of ${name}` : ""}`;
    const save = Object.entries(files).map(([file, text]) =>
      markup`<button${
        attributes({ type: "button", "data-csv": file, "data-run": run ?? 1, hidden: true })
      }>${text} as CSV</button>
`
    );
    return markup`<div class="save">${imagesLink({ run }, "images=all", text)} ${
      several ? markup`<details><summary>Save</summary>${save}</details>` : save
    }</div>
`;
  });
  const notes = Map.groupBy(
    runs.flatMap(({ name, notes }) => notes.map((note) => ({ name, note }))),
    ({ note }) => note,
  );
  return section(
    { prefix: "", level: 2 },
    "all-images",
    "All images",
    markup`<p class="lead">Each image with its actual class, the likeliest classes and their
probabilities. A cell of the confusion matrix, a bar of a class and a bar of the calibration show
theirs, by a click or by Tab, arrow keys and Enter.</p>
${parts}${
      Array.from(notes, ([note, those]) =>
        markup`<p class="note">${
          those.length < runs.length
            ? `${those.map(({ name }) => name).join(", ")}: `
            : ""
        }${note}</p>
`)
    }`,
  );
}

/** The dialog that shows images, which `browser/images.js` fills. */
export function imagesDialog(): Html {
  const select = (name: string, text: string): Html =>
    markup`<label>${text} <select name="${name}"></select></label>`;
  return markup`<dialog id="images-dialog" aria-labelledby="images-title">
<div class="head"><h2 id="images-title" tabindex="-1"></h2>
<button type="button" id="images-close">Close</button></div>
<form>
<label>Search <input type="search" name="search" autocomplete="off" placeholder="file or class"></label>
${select("actual", "Actual")}
${select("predicted", "Predicted")}
<label class="check"><input type="checkbox" name="both"> and the reverse</label>
${select("bin", "Probability")}
<label>Right or wrong <select name="only"><option value="">all</option><option>right</option>
<option>wrong</option></select></label>
</form>
<p role="status" id="images-count"></p>
<ul class="gallery" id="images-list"></ul>
<button type="button" id="images-more"></button>
<div id="images-notes"></div>
</dialog>
`;
}
