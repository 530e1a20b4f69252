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
