import { join } from "@std/path";
import assert from "node:assert/strict";
import { inflateRawSync } from "node:zlib";
import type { ClassLabel } from "../../lib/data/dataset.ts";
import { openAnyDataset } from "../../lib/data/open_dataset.ts";
import { summarize } from "../../lib/evaluation/metrics/summarize.ts";
import type { PictureChoice } from "../../lib/report/images/choose_pictures.ts";
import type { ListedRun } from "../../lib/report/images/list_images.ts";
import { writeReport } from "../../lib/report/write_report.ts";
import { inFolder } from "../in_folder.ts";
import { makeRun, threeClasses } from "./example_runs.ts";
import { makePicturedRun, writePictures } from "./pictured_run.ts";

/** What a report says of its images. */
interface PageImages {
  readonly runs: readonly ListedRun[];
  readonly pictures: readonly string[];
  readonly bytes: number;
  readonly text: string;
}

async function imagesOf(
  runs: readonly string[],
  folder: string,
  pictures?: PictureChoice,
): Promise<PageImages> {
  const output = join(folder, "page.html");
  await writeReport(runs, { output, explain: false, ...(pictures ? { pictures } : {}) });
  const text = await Deno.readTextFile(output);
  const [, json = ""] = /id="images-data">(.*?)<\/script>/.exec(text) ?? [];
  const { packed, pictures: shown } = JSON.parse(json);
  return {
    runs: JSON.parse(inflateRawSync(Uint8Array.fromBase64(packed)).toString()),
    ...{ pictures: shown, text },
    bytes: (await Deno.stat(output)).size,
  };
}

/** The states of images in order: `+` has a picture, `-` has none, `c` has changed, `m` is missing. */
function statesOf({ images }: ListedRun): string {
  return images.map(({ picture, state }) => state?.[0] ?? (picture === undefined ? "-" : "+"))
    .join("");
}

Deno.test("a report has small pictures of the images, of mistakes only, or none", () =>
  inFolder(async (folder) => {
    const data = join(folder, "data");
    await writePictures(data, threeClasses);
    const { directory } = await makePicturedRun(join(folder, "run"), data);
    const all = await imagesOf([directory], folder);
    assert.equal(statesOf(all.runs[0]!), "+".repeat(12));
    assert.deepEqual(all.runs[0]!.notes, []);
    const { default: sharp } = await import("sharp");
    const { format, width, height } = await sharp(Uint8Array.fromBase64(all.pictures[0]!))
      .metadata();
    assert.deepEqual([format, width, height], ["webp", 144, 96]);
    const wrong = await imagesOf([directory], folder, "mistakes");
    assert.equal(statesOf(wrong.runs[0]!), "+---+---+---");
    assert.equal(wrong.pictures.length, 3);
    assert.match(wrong.text, /3 of 12 images have pictures: only mistakes have any/);
    const none = await imagesOf([directory], folder, "none");
    assert.deepEqual(none.pictures, []);
    assert.match(none.text, /Without pictures but those of the galleries/);
  }));

Deno.test("a report tells of pictures that changed or are missing since the evaluation", () =>
  inFolder(async (folder) => {
    const data = join(folder, "data");
    await writePictures(data, threeClasses);
    const run = await makePicturedRun(join(folder, "run"), data);
    const titi = join(data, "val", "titi");
    await Deno.writeTextFile(join(titi, "3.png"), "no picture");
    assert.equal(statesOf((await imagesOf([run.directory], folder)).runs[0]!), "+++++++m++++");
    await Deno.copyFile(join(data, "val", "bison", "0.png"), join(titi, "1.png"));
    await Deno.remove(join(titi, "2.png"));
    const { runs: [listed], text } = await imagesOf([run.directory], folder);
    assert.equal(statesOf(listed!), "+++++cmm++++");
    assert.match(text, /Changed since the evaluation: 1 of the pictures shown\./);
    assert.match(text, /Missing or unreadable in the data set: 2 pictures\./);
    // Without digests of single images nothing is claimed.
    await Deno.remove(join(run.directory, "digests"), { recursive: true });
    const later = await imagesOf([run.directory], folder);
    assert.equal(statesOf(later.runs[0]!), "++++++mm++++");
    assert.match(later.text, /Whether pictures have changed since the evaluation is not known/);
    await Deno.remove(data, { recursive: true });
    const gone = await imagesOf([run.directory], folder);
    assert.deepEqual(gone.pictures, []);
    assert.match(gone.text, /The data set was not found: only the saved mistakes have pictures\./);
  }));

Deno.test("compared runs share their pictures, each with what it predicted", () =>
  inFolder(async (folder) => {
    const data = join(folder, "data");
    await writePictures(data, threeClasses);
    const one = await makePicturedRun(join(folder, "one"), data);
    const two = await makePicturedRun(join(folder, "two"), data, { seed: 8 });
    const { runs, pictures } = await imagesOf([one.directory, two.directory], folder);
    assert.equal(pictures.length, 12);
    assert.deepEqual(runs.map(({ run, name }) => [run, name]), [[1, "one"], [2, "two"]]);
    const places = ({ images }: ListedRun): unknown => images.map(({ picture }) => picture);
    assert.deepEqual(places(runs[1]!), places(runs[0]!));
  }));

Deno.test("a cell and a bin have at most 20 pictures, and the page says so", () =>
  inFolder(async (folder) => {
    const data = join(folder, "data");
    await writePictures(data, threeClasses, 30);
    const { directory } = await makePicturedRun(join(folder, "run"), data);
    const { runs: [listed], text } = await imagesOf([directory], folder);
    const states = statesOf(listed!);
    // Of each class one mistake, and of 29 on the diagonal 20; the bin's 20 are among them.
    assert.equal(states.replaceAll("-", "").length, 3 * 21);
    assert.match(text, /63 of 90 images have pictures: at most 20 in each cell/);
  }));

/** The page's promise. */
const maxBytes = 6e6;

Deno.test("a report of 1,000 classes stays below 6 MB and says what is left out", () =>
  inFolder(async (folder) => {
    const classes: ClassLabel[] = Array.from({ length: 1000 }, (_, index) => {
      const id = `class-${String(index).padStart(4, "0")}`;
      return { id, name: id };
    });
    const data = join(folder, "data");
    await writePictures(data, classes, 1);
    const { directory } = await makePicturedRun(join(folder, "run"), data, {}, classes);
    const { bytes, runs: [listed], pictures, text } = await imagesOf([directory], folder);
    assert.ok(bytes < maxBytes, `${bytes} bytes`);
    // Noise takes more bytes than photographs; still there are some of them.
    assert.ok(bytes > 0.97 * maxBytes && pictures.length > 100, `${pictures.length} pictures`);
    assert.match(text, /of 1000 images have pictures: .*; the page has at most 6 MB\./);
    assert.match(text, /the 3 likeliest classes of each image/);
    const { likeliest } = listed!.images[0]!;
    assert.deepEqual(likeliest, [[1, 0.65], [0, 0.00035], [2, 0.00035]]);
  }));

Deno.test("a report of drawn10 with as many images as the default run's stays below 6 MB", () =>
  inFolder(async (folder) => {
    const { validation, classes } = await openAnyDataset("drawn10", { classes: "all" });
    const predictions = Array.from(validation.labels, (actual, index) => {
      const predicted = index % 20 === 0 ? (actual + 1) % classes.length : actual;
      const likeliest = 0.3 + (index * 37 % 700) / 1000;
      const probabilities = classes.map((_, label) =>
        label === predicted ? likeliest : (1 - likeliest) / 9
      );
      return { id: validation.path(index), actual, predicted, probabilities };
    });
    const run = await makeRun(join(folder, "run"), classes);
    await run.update({ data: { ...run.record.data, source: "drawn10", validation: 500 } });
    await run.writePredictions(predictions);
    await run.writeEvaluation(
      summarize(predictions, classes, { split: "validation", weights: "best" }),
    );
    const { bytes, pictures } = await imagesOf([run.directory], folder);
    assert.ok(predictions.length === 500 && pictures.length > 250, `${pictures.length} pictures`);
    assert.ok(bytes < maxBytes, `${bytes} bytes`);
  }));
