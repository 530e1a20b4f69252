import { join } from "@std/path";
import assert from "node:assert/strict";
import { Results } from "../../lib/runs/results.ts";
import { openRun } from "../../lib/runs/run.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { numbers, writePictures } from "../evaluation/own_images.ts";
import { inFolder } from "../in_folder.ts";
import { type Ended, vgg } from "./support.ts";

const classes = ["bird", "cat", "dog"];
const small = [
  "--model",
  "A",
  "--width",
  "0.0625",
  "--size",
  "32",
  "--epochs",
  "2",
  "--batch",
  "8",
];

/** Writes as many pictures of each class, numbered from `start` on. */
async function writeClasses(folder: string, count: number, start = 0): Promise<void> {
  await writePictures(folder, Object.fromEntries(classes.map((id) => [id, numbers(count, start)])));
}

/** Trains on 20 pictures of each class in `photos`. */
async function trainOnPhotos(folder: string): Promise<[photos: string, run: string]> {
  const photos = join(folder, "photos"), run = join(folder, "runs", "a");
  await writeClasses(photos, 20);
  await succeed(["train", "--data", photos, "--run", run, ...small]);
  return [photos, run];
}

async function succeed(words: readonly string[]): Promise<Ended> {
  const ended = await vgg(words);
  assert.equal(ended.code, 0, ended.err);
  return ended;
}

/** A report's page from its heading to its first section. */
async function headerOf(page: string): Promise<string> {
  const text = await Deno.readTextFile(page);
  return text.slice(text.indexOf("<header>"), text.indexOf("<section"));
}

testWithTensorFlow(
  "evaluate measures on all of another folder, and leaves the run's own results",
  () =>
    inFolder(async (folder) => {
      const [, run] = await trainOnPhotos(folder);
      const test = join(folder, "test");
      await writeClasses(test, 10, 300);
      const own = await Deno.readTextFile(join(run, "evaluation.json"));
      const { out, err } = await succeed(["evaluate", "--run", run, "--data", test]);
      assert.match(
        out,
        /^evaluation 30 images of test, best weights, center at 32 px.*: loss [\d.]+, top-1 [\d.]+ %$/m,
      );
      assert.ok(err.includes(`measured on all 30 images of ${test}, which has no splits`), err);
      const written = join(run, "evaluations", "test-all");
      assert.ok(out.endsWith(`written    ${written}\n`), out);
      assert.equal(await Deno.readTextFile(join(run, "evaluation.json")), own);
      const { split, images, data, runs } = await new Results(written).evaluation();
      assert.deepEqual([split, images, runs], ["all", 30, [run]]);
      assert.deepEqual(
        { ...data, digest: data?.digest.length },
        { name: "test", source: test, digest: 64, broken: 0, unknown: 0, overlap: 0 },
      );
      // The report of the run is still about its own images, and says so.
      await succeed(["report", "--run", run, "--no-explain"]);
      const page = await headerOf(join(run, "report.html"));
      assert.match(page, /Evaluated on the 12 validation images of photos\./);
      assert.match(page, /<small>12 validation images of photos, center at 32 px/);
      assert.ok(!page.includes("Top-5"));
      await succeed(["report", "--run", written]);
      const other = await headerOf(join(written, "report.html"));
      assert.match(other, /The predictions of the run .*Evaluated on the 30 images of test\./);
      const figures = await succeed(["figures", "--run", written]);
      assert.match(figures.out, /confusion_matrix\.png/);
      const drawn = await Deno.readTextFile(join(written, "figures", "confusion_matrix.json"));
      assert.match(drawn, /a, on the images of test/);
    }),
);

testWithTensorFlow(
  "evaluate measures on the recorded images of a folder that grew",
  () =>
    inFolder(async (folder) => {
      const [photos, run] = await trainOnPhotos(folder);
      const before = await (await openRun(run)).predictions();
      await writeClasses(photos, 1, 200);
      const { out, err } = await succeed(["evaluate", "--run", run]);
      assert.match(out, /^evaluation 12 validation images of photos/m);
      assert.match(
        err,
        /have changed since the training of .*: measured on 12 of the 12 validation images of that time/,
      );
      assert.deepEqual(await (await openRun(run)).predictions(), before);
      assert.equal((await (await openRun(run)).evaluation()).data?.overlap, 0);
      // The whole folder has the training images.
      const refused = await vgg(["evaluate", "--run", run, "--data", photos]);
      assert.equal(refused.code, 2);
      assert.match(
        refused.err,
        /^error: 48 of 63 images of .*photos were trained on by .*a: .*\.png, .*\.png, .*\.png, ….*--allow-overlap$/m,
      );
      const allowed = await succeed([
        "evaluate",
        "--run",
        run,
        "--data",
        photos,
        "--allow-overlap",
      ]);
      assert.match(allowed.out, /^evaluation 63 images of photos/m);
      assert.match(allowed.err, /^48 of 63 images of .* were trained on by/m);
      const results = new Results(join(run, "evaluations", "photos-all"));
      assert.equal((await results.evaluation()).data?.overlap, 48);
    }),
);

testWithTensorFlow(
  "train and evaluate measure on test images, and tell which are in training",
  () =>
    inFolder(async (folder) => {
      const data = join(folder, "p"), run = join(folder, "runs", "a");
      for (
        const [split, count, start] of [["train", 8, 0], ["val", 4, 100], ["test", 5, 200]] as const
      ) {
        await writeClasses(join(data, split), count, start);
      }
      const copy = (from: string, to: string): Promise<void> =>
        Deno.copyFile(join(data, from), join(data, to));
      await copy("train/cat/0.png", "val/cat/again.png");
      await copy("train/dog/1.png", "test/dog/again.png");
      const { out, err } = await succeed(["train", "--data", data, "--run", run, ...small]);
      assert.match(out, /^data {7}p: 24 training, 13 validation and 16 test images$/m);
      assert.match(out, /^evaluation 16 test images of p, best weights/m);
      assert.match(
        err,
        /^warning {4}1 of 13 validation images are also among the training images, .*: val\/cat\/again\.png$/m,
      );
      assert.match(
        err,
        /^measured on the test images of p, which training did not use \(--split validation/m,
      );
      assert.match(err, /^1 of 16 images of .*p were trained on by .*a: test\/dog\/again\.png$/m);
      const evaluation = await (await openRun(run)).evaluation();
      assert.deepEqual([evaluation.split, evaluation.data?.overlap], ["test", 1]);
      const other = await succeed(["evaluate", "--run", run, "--split", "validation"]);
      assert.match(other.out, /^evaluation 13 validation images of p/m);
      assert.ok(other.out.endsWith(`written    ${join(run, "evaluations", "p-validation")}\n`));
      assert.equal((await (await openRun(run)).evaluation()).split, "test");
      const drawn = await Deno.readTextFile(join(run, "figures", "per_class_accuracy.json"));
      assert.match(drawn, /32 px, on the test images of p/);
    }),
);
