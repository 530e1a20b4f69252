import { join } from "@std/path";
import assert from "node:assert/strict";
import { prepareImages } from "../../lib/data/pipeline/prepared_split.ts";
import { checkImages } from "../../lib/evaluation/checked_images.ts";
import {
  type EvaluationSet,
  type EvaluationSetOptions,
  openOtherSet,
  openOwnSet,
} from "../../lib/evaluation/evaluation_set.ts";
import type { CheckOptions } from "../../lib/evaluation/overlap.ts";
import { readImageDigests, writeImageDigests } from "../../lib/runs/image_digests.ts";
import { Run } from "../../lib/runs/run.ts";
import type { RunRecord } from "../../lib/runs/run_record.ts";
import { inFolder } from "../in_folder.ts";
import { exampleRecord } from "../runs/example_record.ts";
import { numbers, writePictures } from "./own_images.ts";

const classes = ["cat", "dog"].map((id) => ({ id, name: id }));
const fit = { mode: "stretch", size: 16 } as const;

/** Records a run on a data set as training does, without training. */
async function recordRun(
  directory: string,
  source: string,
  { digests = true, recipe = exampleRecord.recipe }: {
    readonly digests?: boolean;
    readonly recipe?: RunRecord["recipe"];
  } = {},
): Promise<Run> {
  const data = { ...exampleRecord.data, source, classes, fit };
  const { own } = await openOwnSet({ data }, {});
  const isCropped = "augmentation" in recipe;
  const trainFit = isCropped ? { mode: "shortest-side", size: 24 } as const : fit;
  await using train = await prepareImages(own!.train, trainFit);
  await using validation = await prepareImages(own!.validation, fit);
  const run = await Run.create(directory, {
    ...exampleRecord,
    model: { configuration: "A", inputSize: 16, classes: 2, width: 1 / 16 },
    recipe,
    data: {
      ...data,
      train: train.length,
      validation: validation.length,
      digests: { train: train.digest, validation: validation.digest },
    },
  });
  if (digests) {
    await writeImageDigests(directory, {
      train: train.imageDigests,
      validation: validation.imageDigests,
    });
  }
  return run;
}

interface Checked {
  readonly paths: readonly string[];
  readonly overlap: number | undefined;
  readonly told: readonly string[];
  readonly digest: string;
}

async function check(
  runs: readonly [Run, ...Run[]],
  set: EvaluationSet,
  options: CheckOptions = {},
): Promise<Checked> {
  const told: string[] = [];
  await using decoded = await prepareImages(set.images, fit);
  const { images, prepared, overlap } = await checkImages(runs, set, decoded, {
    ...options,
    onMessage: (line) => told.push(line),
  });
  const paths = Array.from(prepared.samples, (sample) => images.path(sample));
  await prepared.dispose();
  return { paths, overlap, told, digest: prepared.digest };
}

async function checkOwn(run: Run, options: EvaluationSetOptions = {}): Promise<Checked> {
  return await check([run], await openOwnSet(run.record, options));
}

async function checkOther(run: Run, data: string, options: CheckOptions = {}): Promise<Checked> {
  return await check([run], await openOtherSet(data, classes, {}), options);
}

Deno.test("digests of a run's images are read as they were written", () =>
  inFolder(async (folder) => {
    assert.equal(await readImageDigests(folder, "train"), undefined);
    const train = BigUint64Array.from([0n, 2n ** 64n - 1n, 255n]);
    await writeImageDigests(folder, { train, validation: new BigUint64Array(0) });
    assert.deepEqual(await readImageDigests(folder, "train"), [...train]);
    assert.deepEqual(await readImageDigests(folder, "validation"), []);
    const file = join(folder, "digests", "train.txt");
    const text = await Deno.readTextFile(file);
    const lines = "0000000000000000\nffffffffffffffff\n00000000000000ff\n";
    assert.match(text, new RegExp(`^${lines}[0-9a-f]{64}\n$`));
    for (let at = 0; at < text.length; at++) {
      const bytes = new TextEncoder().encode(text);
      bytes[at]! ^= 1 << at % 8;
      await Deno.writeFile(file, bytes);
      await assert.rejects(readImageDigests(folder, "train"), /train\.txt.* is damaged: /);
    }
    await Deno.writeTextFile(file, lines); // As earlier versions wrote it.
    assert.deepEqual(await readImageDigests(folder, "train", 3), [...train]);
    await assert.rejects(readImageDigests(folder, "train", 4), /each of 4 images. Received: 3/);
    await Deno.writeTextFile(file, "0000000000000000\nff\n");
    await assert.rejects(
      readImageDigests(folder, "train"),
      /train\.txt, line 2 is damaged: it must have 16 hexadecimal digits/,
    );
  }));

Deno.test("images that were trained on are recognized by their pixels, whatever their names", () =>
  inFolder(async (folder) => {
    const photos = join(folder, "photos"), other = join(folder, "other");
    await writePictures(photos, { cat: numbers(10), dog: numbers(10, 50) });
    const run = await recordRun(join(folder, "run"), photos);
    await writePictures(other, { cat: numbers(3, 100), dog: numbers(3, 200) });
    assert.deepEqual((await checkOther(run, other)).overlap, 0);
    const { paths } = await checkOwn(run);
    const trained = numbers(10).find((number) => !paths.includes(`cat/${number}.png`))!;
    await Deno.copyFile(join(photos, `cat/${trained}.png`), join(other, "cat/new.png"));
    await assert.rejects(checkOther(run, other), {
      name: "DataError",
      message: `1 of 7 images of ${other} were trained on by ${run.directory}: cat/new.png. ` +
        "To measure on them all the same: --allow-overlap",
    });
    const allowed = await checkOther(run, other, { allowOverlap: true });
    assert.deepEqual([allowed.overlap, allowed.paths.length, allowed.told.length], [1, 7, 1]);
    // A broken file before it does not shift the count.
    await Deno.writeTextFile(join(other, "cat/a.png"), "no image");
    const broken = await checkOther(run, other, { allowOverlap: true });
    assert.match(
      broken.told[0]!,
      /^left out: 1 file that cannot be decoded, the first cat\/a\.png: /,
    );
    assert.match(broken.told[1]!, /trained on by .*: cat\/new\.png$/);
    assert.deepEqual([broken.overlap, broken.paths.length], [1, 7]);
    // The run's own training images, asked for by name.
    assert.equal((await checkOwn(run, { split: "train" })).overlap, 16);
    await assert.rejects(
      checkOwn(run, { split: "all" }),
      /These are all its training images: --split validation/,
    );
  }));

Deno.test("random crops are trained on at another size, and recognized too", () =>
  inFolder(async (folder) => {
    const photos = join(folder, "photos"), other = join(folder, "other");
    await writePictures(photos, { cat: numbers(6), dog: numbers(6, 50) });
    const augmentation = { kind: "paper", crop: 16, shortestSide: [20, 24], flip: true };
    const recipe = { ...exampleRecord.recipe, name: "paper", augmentation };
    const run = await recordRun(join(folder, "run"), photos, { recipe });
    await writePictures(other, { cat: numbers(8), dog: numbers(3, 200) });
    // Of cat's six pictures one was held out.
    await assert.rejects(checkOther(run, other), /^DataError: 5 of 11 images/);
  }));

Deno.test("a folder that changed is evaluated on the recorded images that are left", () =>
  inFolder(async (folder) => {
    const photos = join(folder, "photos");
    await writePictures(photos, { cat: numbers(10), dog: numbers(10, 50) });
    const run = await recordRun(join(folder, "run"), photos);
    const before = await checkOwn(run);
    assert.deepEqual([before.paths.length, before.overlap, before.told], [4, 0, []]);
    await writePictures(photos, { cat: [200, 201], dog: [202] });
    const grown = await checkOwn(run);
    assert.deepEqual(grown.paths, before.paths);
    assert.equal(grown.digest, before.digest);
    assert.match(grown.told[0]!, /have changed .*: measured on 4 of the 4 validation images/);
    // Files that were renamed are found, and those that are gone are told.
    await Deno.remove(join(photos, before.paths[0]!));
    await Deno.rename(join(photos, before.paths[1]!), join(photos, "cat", "renamed.png"));
    const changed = await checkOwn(run);
    assert.deepEqual(changed.paths, ["cat/renamed.png", ...before.paths.slice(2)]);
    assert.match(changed.told[0]!, /measured on 3 of the 4 validation images of that time/);
    await Deno.remove(photos, { recursive: true });
    await writePictures(photos, { cat: numbers(5, 400), dog: numbers(5, 500) });
    await assert.rejects(checkOwn(run), /has none of the 4 validation images.*--allow-overlap/);
    const set = await openOwnSet(run.record, {});
    assert.equal((await check([run], set, { allowOverlap: true })).paths.length, 2);
  }));

Deno.test("a run of an earlier version says that it cannot recognize images", () =>
  inFolder(async (folder) => {
    const photos = join(folder, "photos");
    await writePictures(photos, { cat: numbers(10), dog: numbers(10, 50) });
    const run = await recordRun(join(folder, "run"), photos, { digests: false });
    const other = await checkOther(run, photos);
    assert.deepEqual([other.overlap, other.told], [
      undefined,
      [`${run.directory} does not know its training images: none is recognized`],
    ]);
    assert.deepEqual((await checkOwn(run)).told, []);
    await writePictures(photos, { cat: [200], dog: [201] });
    assert.match(
      (await checkOwn(run)).told[0]!,
      /some that are measured on may have been trained on/,
    );
  }));

Deno.test("in an ensemble no run may have been trained on the images", () =>
  inFolder(async (folder) => {
    const photos = join(folder, "photos"), more = join(folder, "more");
    await writePictures(photos, { cat: numbers(10), dog: numbers(10, 50) });
    await writePictures(more, { cat: numbers(10, 100), dog: numbers(10, 150) });
    const one = await recordRun(join(folder, "one"), photos);
    const two = await recordRun(join(folder, "two"), more);
    await assert.rejects(
      check([one, two], await openOtherSet(more, classes, {})),
      /16 of 20 images of .*more were trained on by .*two/,
    );
    const set = await openOwnSet(one.record, {});
    assert.equal((await check([one, two], set)).overlap, 0);
  }));
