import { join } from "@std/path";
import assert from "node:assert/strict";
import { RunError } from "../../../lib/runs/run.ts";
import { type Checkpoint, readCheckpoint } from "../../../lib/training/checkpoint/checkpoint.ts";
import { CheckpointStore } from "../../../lib/training/checkpoint/checkpoint_store.ts";
import { initialProgress } from "../../../lib/training/checkpoint/training_progress.ts";
import { WeightsError } from "../../../lib/weights/errors.ts";
import { openSafetensors } from "../../../lib/weights/safetensors/open_safetensors.ts";
import { interpose, systemError } from "../../files/interpose.ts";
import { inFolder } from "../../in_folder.ts";
import { firstVersionOf, writeWithDigest } from "./first_version.ts";

/** A checkpoint after some steps, all of whose values are that number. */
function exampleOf(steps: number): Checkpoint {
  return {
    arrays: new Map([
      ["block1_conv1/kernel", { shape: [2, 3], values: new Float32Array(6).fill(steps) }],
      ["block1_conv1/kernel/velocity", { shape: [2, 3], values: new Float32Array(6).fill(-steps) }],
    ]),
    progress: {
      ...initialProgress,
      steps,
      history: [{
        ...{ epoch: 1, loss: 1 / 3, accuracy: 0.5, val_loss: NaN, val_accuracy: NaN, lr: 0.1 },
        ...{ seconds: 2, images_per_second: 12 },
      }],
      monitor: { steps, recent: [0.1, 1 / 7], warned: true },
    },
    spent: { seconds: 1.5, core_seconds: 3 },
  };
}

const namesIn = (folder: string): string[] =>
  Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();

Deno.test("a checkpoint comes back as it was written, to the last bit", () =>
  inFolder(async (folder) => {
    const checkpoints = new CheckpointStore(folder);
    await checkpoints.write(exampleOf(7));
    assert.deepEqual(await checkpoints.newest(), exampleOf(7));
    assert.deepEqual(namesIn(folder), ["step-000007.safetensors"]);
  }));

Deno.test("the two newest checkpoints are kept, and other files left alone", () =>
  inFolder(async (folder) => {
    const checkpoints = new CheckpointStore(folder);
    await Deno.writeTextFile(join(folder, "model.safetensors"), "mine");
    for (const steps of [0, 5, 9, 1_234_567]) await checkpoints.write(exampleOf(steps));
    assert.deepEqual(namesIn(folder), [
      ...["model.safetensors", "step-000009.safetensors", "step-1234567.safetensors"],
    ]);
    assert.equal((await checkpoints.newest()).progress.steps, 1_234_567);
  }));

Deno.test("a damaged checkpoint is told of, and the one before is taken", () =>
  inFolder(async (folder) => {
    const path = join(folder, "step-000009.safetensors");
    const damages: ((bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>)[] = [
      (bytes) => bytes.slice(0, -1),
      (bytes) => bytes.slice(0, 4),
      (bytes) => bytes.fill(bytes.at(-1)! ^ 1, -1),
      (bytes) => bytes.fill(0),
      (bytes) => new TextEncoder().encode(new TextDecoder().decode(bytes).replace("0.5", "0.6")),
    ];
    for (const damage of damages) {
      const checkpoints = new CheckpointStore(folder);
      await checkpoints.write(exampleOf(5));
      await checkpoints.write(exampleOf(9));
      await Deno.writeFile(path, damage(await Deno.readFile(path)));
      const said: string[] = [];
      const newest = await checkpoints.newest(undefined, (line) => said.push(line));
      assert.deepEqual(newest, exampleOf(5));
      assert.equal(said.length, 1);
      assert.match(said[0]!, /step-000009\.safetensors .*; an older checkpoint is taken$/);
      assert.deepEqual(namesIn(folder), ["step-000005.safetensors"]);
    }
  }));

const { arrays, progress, spent } = exampleOf(9);
const texts = {
  ...{ version: "2", progress: JSON.stringify(progress), spent: JSON.stringify(spent) },
};

for (const version of [{}, { version: "1" }]) {
  Deno.test(`a checkpoint of the first version is read, with ${JSON.stringify(version)}`, () =>
    inFolder(async (folder) => {
      const path = join(folder, "step-000009.safetensors");
      await writeWithDigest(path, arrays, { ...firstVersionOf(exampleOf(9)), ...version });
      assert.deepEqual(await new CheckpointStore(folder).newest(), exampleOf(9));
    }));
}

Deno.test("a checkpoint says its version", () =>
  inFolder(async (folder) => {
    await new CheckpointStore(folder).write(exampleOf(9));
    using file = await openSafetensors(join(folder, "step-000009.safetensors"));
    const { sha256: _, ...written } = file.metadata;
    assert.deepEqual(written, texts);
  }));

/** Checkpoints that cannot be used although their digest is right, and what is said of them. */
const unusable: readonly [string, Record<string, string>, RegExp][] = [
  [
    "of a later version",
    { ...texts, version: "3" },
    /has format version 3; this program reads versions 1 and 2;/,
  ],
  ["without a number as version", { ...texts, version: "" }, /has format version "";/],
  ["whose metadata is not JSON", { ...texts, spent: "{" }, /is malformed: spent is not JSON;/],
  [
    "without metadata",
    { version: "2", progress: texts.progress },
    /is malformed: spent is missing;/,
  ],
  [
    "with a value that cannot be",
    { ...texts, progress: JSON.stringify({ ...progress, steps: -1 }) },
    /is malformed: progress\.steps: .*>=0;/,
  ],
  [
    "of the first version with a value that cannot be",
    { ...firstVersionOf(exampleOf(9)), standing: JSON.stringify({ steps: 9, tally: {} }) },
    /is malformed: standing\.history: /,
  ],
  [
    "of the first version without the sums of its epoch",
    firstVersionOf({
      ...exampleOf(9),
      progress: { ...progress, metrics: {} as typeof progress.metrics },
    }),
    /is malformed: standing\.metrics: /,
  ],
  ["of another shape", { ...texts, progress: "[]" }, /is malformed: progress: .*expected object/],
];

for (const [what, metadata, message] of unusable) {
  Deno.test(`a checkpoint ${what} is told of, and the one before is taken`, () =>
    inFolder(async (folder) => {
      const checkpoints = new CheckpointStore(folder);
      await checkpoints.write(exampleOf(5));
      const path = join(folder, "step-000009.safetensors");
      await writeWithDigest(path, arrays, metadata);
      await assert.rejects(readCheckpoint(path), WeightsError);
      const said: string[] = [];
      const newest = await checkpoints.newest(undefined, (line) => said.push(line));
      assert.deepEqual(newest, exampleOf(5));
      assert.equal(said.length, 1);
      assert.match(said[0]!, message);
      assert.match(said[0]!, /step-000009\.safetensors .*; an older checkpoint is taken$/);
    }));
}

Deno.test("a training that goes back leaves no checkpoint of later steps", () =>
  inFolder(async (folder) => {
    const checkpoints = new CheckpointStore(folder);
    for (const steps of [5, 9]) await checkpoints.write(exampleOf(steps));
    const good = await checkpoints.newest(({ progress: { steps } }) => steps < 9);
    assert.equal(good.progress.steps, 5);
    await checkpoints.write(exampleOf(7));
    assert.deepEqual(namesIn(folder), ["step-000005.safetensors", "step-000007.safetensors"]);
  }));

Deno.test("without a whole checkpoint there is one clear line", () =>
  inFolder(async (folder) => {
    const checkpoints = new CheckpointStore(join(folder, "none"));
    await assert.rejects(
      checkpoints.newest(),
      (error) => error instanceof RunError && /no whole checkpoint in .*none/.test(error.message),
    );
    await checkpoints.clear();
    await checkpoints.removeTemporaries();
  }));

Deno.test("what a process left that died while it wrote is removed", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "step-000009.safetensors.0123abcd.tmp"), "half");
    await new CheckpointStore(folder).removeTemporaries();
    assert.deepEqual(namesIn(folder), []);
  }));

Deno.test("a disk that cannot read a checkpoint is told, and the checkpoint is kept", () =>
  inFolder(async (folder) => {
    const checkpoints = new CheckpointStore(folder);
    for (const steps of [7, 14]) await checkpoints.write(exampleOf(steps));
    for (const name of ["open", "file.stat", "file.read"]) {
      {
        using _ = interpose(join(folder, "step-000014.safetensors"), {
          before: (call) => {
            if (call.name === name) throw systemError("EIO");
          },
        });
        await assert.rejects(
          checkpoints.newest(),
          /^ReadError: \S+step-000014.safetensors cannot be read: the disk reports an error$/,
        );
      }
      assert.deepEqual(await checkpoints.newest(), exampleOf(14));
    }
  }));
