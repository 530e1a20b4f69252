import { join } from "@std/path";
import assert from "node:assert/strict";
import { evaluateWeights } from "../../lib/evaluation/evaluate_weights.ts";
import { predict } from "../../lib/evaluation/predict.ts";
import { tf } from "../../lib/engine/tf.ts";
import { loadModel } from "../../lib/runs/load_model.ts";
import { openNet } from "../../lib/runs/open_net.ts";
import { openRun, Run } from "../../lib/runs/run.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import { openWeights } from "../../lib/weights/open_weights.ts";
import { saveWeights } from "../../lib/weights/weights.ts";
import { inFolder } from "../in_folder.ts";
import { tinySet, writeTiny } from "../training/tiny_set.ts";
import { exampleRecord } from "./example_record.ts";

await tf.setBackend("cpu");

const network = {
  configuration: "A",
  inputSize: 32,
  classes: 2,
  width: 1 / 64,
  head: "small",
} as const;

/** A record as JSON has it, of a run with weights. */
// deno-lint-ignore no-explicit-any -- tests put values of any type into it
type Json = any;

/** Makes a run with weights, and changes its `run.json`. */
async function withRecord(
  change: (record: Json) => void,
  work: (run: Run, path: string) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const run = await Run.create(join(folder, "mine"), { ...exampleRecord, model: network });
    const model = buildVGG(network);
    await saveWeights(model, run.path("best"));
    model.dispose();
    const path = run.path("record");
    const record = JSON.parse(await Deno.readTextFile(path));
    change(record);
    await Deno.writeTextFile(path, JSON.stringify(record).replace('"1e999"', "1e999"));
    await work(run, path);
  });
}

/** Changes of a record that make it damaged, and what is said of them behind the file's path. */
const damages: readonly (readonly [string, (record: Json) => void, RegExp])[] = [
  [
    "a micro-batch of 0",
    (record) => record.microBatch = 0,
    /: microBatch: .*>=1\. Received: 0$/,
  ],
  ["0 epochs", (record) => record.recipe.epochs = 0, /: recipe\.epochs: .*>=1\. Received: 0$/],
  [
    "a batch of half an image",
    (record) => record.recipe.batchSize = 0.5,
    /: recipe\.batchSize: .*Received: 0\.5$|: recipe\.batchSize: .*expected int, received number$/,
  ],
  [
    "one name for two classes",
    (record) => record.data.classes.pop(),
    /: data\.classes: must be the net's 2 classes\. Received: 1$/,
  ],
  [
    "images of another size than the net's input",
    (record) => record.data.fit.size = 60_000,
    /: data\.fit\.size: must be the net's inputSize 32\. Received: 60000$/,
  ],
  [
    "a deviation of 0",
    (record) => record.data.normalization.deviation[1] = 0,
    /: data\.normalization\.deviation\.1: .*must be from 1e-6 to 1e6.*Received: 0$/,
  ],
  [
    "an infinite mean",
    (record) => record.data.normalization.mean[0] = "1e999",
    /: data\.normalization\.mean\.0: .*received (number|Infinity)/,
  ],
];

for (const [what, change, message] of damages) {
  Deno.test(`openRun() refuses run.json with ${what}, and names the file and the value`, () =>
    withRecord(change, async ({ directory }, path) => {
      await assert.rejects(openRun(directory), (error: Error) => {
        assert.match(error.message, message);
        assert.ok(error.message.startsWith(`${path} is damaged: `), error.message);
        return true;
      });
    }));
}

Deno.test("a run whose record describes a net too large for tensors is refused before it is built", () =>
  withRecord((record) => {
    record.model.inputSize = record.data.fit.size = 60_000;
  }, async ({ directory }, path) => {
    const before = tf.memory().numTensors;
    const message =
      /run\.json describes a net of inputSize 60000: its layer .* at most 2147483647 /;
    for (const open of [openNet, async (from: string) => await loadModel(await openRun(from))]) {
      await assert.rejects(open(directory), (error: Error) => {
        assert.match(error.message, message);
        assert.ok(error.message.startsWith(path), error.message);
        return true;
      });
    }
    assert.equal(tf.memory().numTensors, before);
  }));

/** Writes a weights file with a description, changed, and with values for a layer. */
async function withWeights(
  { description = {}, fill }: { description?: Json; fill?: number },
  work: (path: string) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const path = join(folder, "net.safetensors");
    const model = buildVGG(network);
    if (fill !== undefined) {
      const bias = model.getLayer("block2_conv1").weights[1]!;
      bias.write(tf.fill(bias.shape as number[], fill));
    }
    await saveWeights(model, path, {
      ...{ network, ...exampleRecord.data },
      ...description,
    });
    model.dispose();
    await work(path);
  });
}

Deno.test("openNet() refuses a weights file that describes a net too large for tensors", () =>
  withWeights({
    description: {
      network: { ...network, inputSize: 30_000 },
      fit: { mode: "stretch", size: 30_000 },
    },
  }, async (path) => {
    await assert.rejects(openNet(path), (error: Error) => {
      assert.match(error.message, /inputSize 30000: its layer input must have at most 2147483647 /);
      assert.ok(error.message.startsWith(path), error.message);
      return true;
    });
  }));

for (
  const [what, description, message] of [
    [
      "a deviation of 0",
      { normalization: { ...exampleRecord.data.normalization, deviation: [1, 1, 0] } },
      /deviation/,
    ],
    [
      "another size of images",
      { fit: { mode: "stretch", size: 33 } },
      /inputSize 32\. Received: 33/,
    ],
    [
      "one class of two",
      { classes: [{ id: "a", name: "a" }] },
      /has 2 classes\. Received: 1 names/,
    ],
  ] as const
) {
  Deno.test(`openNet() refuses a weights file that describes ${what}, and names the file`, () =>
    withWeights({ description }, async (path) => {
      await assert.rejects(openNet(path), (error: Error) => {
        assert.match(error.message, message);
        assert.ok(error.message.startsWith(path), error.message);
        return true;
      });
    }));
}

for (const fill of [NaN, Infinity]) {
  Deno.test(`openNet() refuses weights that are ${fill}, and names the file and the layer`, () =>
    withWeights({ fill }, async (path) => {
      const before = tf.memory().numTensors;
      await assert.rejects(openNet(path), (error: Error) => {
        const rule = `the weights block2_conv1/bias must be finite numbers. Received: ${fill}`;
        assert.equal(error.message, `${path}: ${rule}`);
        return true;
      });
      assert.equal(tf.memory().numTensors, before);
      (await openWeights(path))[Symbol.dispose]();
    }));
}

Deno.test("predict() refuses a net whose outputs are no numbers", () =>
  withWeights({ fill: 3e38 }, async (path) => {
    const net = await openNet(path);
    const image = join(path, "..", "image.ppm");
    await Deno.writeFile(
      image,
      new Uint8Array([..."P6 1 1 255 "].map((c) => c.charCodeAt(0)).concat(1, 2, 3)),
    );
    try {
      await assert.rejects(
        Array.fromAsync(predict(net, [image])),
        /outputs for .*image\.ppm must be finite numbers\. Received: NaN/,
      );
    } finally {
      net.model.dispose();
    }
  }));

Deno.test("evaluate refuses a net whose outputs are no numbers, and names image and weights", () =>
  withWeights({ fill: 3e38, description: { classes: tinySet.classes } }, async (path) => {
    const data = join(path, "..", "data");
    const output = join(path, "..", "output");
    await writeTiny(data);
    const options = { data, output, engine: { engine: "cpu" }, allowOverlap: true } as const;
    await assert.rejects(evaluateWeights(path, options), (error: Error) => {
      assert.equal(error.name, "WeightsError");
      const rule = /outputs for .*\.png must be finite numbers\. Received: NaN, since the weights /;
      assert.match(error.message, rule);
      assert.ok(error.message.includes(path), error.message);
      return true;
    });
    await assert.rejects(Deno.stat(join(output, "evaluation.json")), Deno.errors.NotFound);
  }));
