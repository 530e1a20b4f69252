import { join } from "@std/path";
import assert from "node:assert/strict";
import { normalizeBytes } from "../../lib/data/augment/mod.ts";
import { decodeImage } from "../../lib/data/images/decode.ts";
import { findImages } from "../../lib/data/images/find_images.ts";
import { tf } from "../../lib/engine/tf.ts";
import { predict, type PredictedFile, type PredictOptions } from "../../lib/evaluation/predict.ts";
import { openNet } from "../../lib/runs/open_net.ts";
import type { Net } from "../../lib/weights/net.ts";
import { assertClose } from "../assert_close.ts";
import { countHandles, testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { inFolder } from "../in_folder.ts";
import { makeFormulaRun, writeFormulaData } from "./formula_runs.ts";

/** Calls `work` with an untrained network and six image files of several shapes. */
async function inFormulaFolder(
  activation: "softmax" | "linear",
  work: (net: Net, files: string[], folder: string) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    await writeFormulaData(join(folder, "data"));
    await makeFormulaRun(join(folder, "run"), "data", { configuration: "A", inputSize: 32 }, {
      fit: { mode: "crop", size: 32, shortestSide: 36 },
    });
    const net = await openNet(join(folder, "run"), { activation });
    const before = tf.memory().numTensors;
    await work(net, await findImages([join(folder, "data/val")]), folder);
    assert.equal(tf.memory().numTensors, before);
    net.model.dispose();
  });
}

async function predictAll(
  net: Net,
  files: string[],
  options: PredictOptions = {},
): Promise<Map<string, PredictedFile>> {
  const found = new Map<string, PredictedFile>();
  for await (const result of predict(net, files, options)) {
    assert.ok(!("reason" in result), JSON.stringify(result));
    found.set(result.file, result);
  }
  assert.deepEqual([...found.keys()], files);
  return found;
}

/** The probabilities of one image from one call of the model. */
async function expectedOf(net: Net, file: string): Promise<number[]> {
  const { data } = await decodeImage(file, net.fit);
  const floats = new Float32Array(data.length);
  normalizeBytes(data, floats, net.normalization);
  return tf.tidy(() => {
    const output = net.model.predict(tf.tensor4d(floats, [1, 32, 32, 3])) as tf.Tensor2D;
    const isNormalized = Math.abs(output.sum().dataSync()[0]! - 1) < 1e-5;
    return Array.from((isNormalized ? output : tf.softmax(output)).dataSync());
  });
}

for (const activation of ["softmax", "linear"] as const) {
  Deno.test(`predict() gives the most likely classes of each file from ${activation} outputs`, async () => {
    await tf.setBackend("cpu");
    await inFormulaFolder(activation, async (net, files) => {
      for (const options of [{ batchSize: 4 }, {}]) {
        for (const [file, { top, image }] of await predictAll(net, files, options)) {
          const expected = await expectedOf(net, file);
          const sorted = expected.toSorted().reverse();
          assert.deepEqual([image.width, image.height], [32, 32]);
          assertClose(top.map(({ probability }) => probability), sorted, 1e-5);
          for (const { label, id, name, probability } of top) {
            assertClose([probability], [expected[label]!], 1e-5);
            assert.deepEqual({ id, name }, net.classes[label]);
          }
        }
      }
    });
  });
}

Deno.test("predict() continues after files that cannot be read and gives the reason", async () => {
  await tf.setBackend("cpu");
  await inFormulaFolder("softmax", async (net, [first, second], folder) => {
    const broken = join(folder, "broken.jpg");
    await Deno.writeTextFile(broken, "no image");
    const files = [broken, first!, join(folder, "gone.jpg"), second!];
    const results = await Array.fromAsync(predict(net, files, { top: 1, batchSize: 3 }));
    assert.deepEqual(results.map(({ file }) => file), files);
    assert.deepEqual(
      results.map((result) => "reason" in result ? result.reason : result.top.length),
      [
        ...["it is a text", 1, "the file is missing", 1],
      ],
    );
  });
});

Deno.test("predict() stops when the signal aborts, and rejects a top of 0", async () => {
  await tf.setBackend("cpu");
  await inFormulaFolder("softmax", async (net, files) => {
    const controller = new AbortController();
    let results = 0;
    await assert.rejects(async () => {
      const { signal } = controller;
      for await (const _ of predict(net, files, { batchSize: 2, signal })) {
        results++;
        controller.abort();
      }
    }, { name: "AbortError" });
    assert.equal(results, 2);
    await assert.rejects(predict(net, files, { top: 0 }).next(), /top must be .*Received: 0/);
    assert.deepEqual(await Array.fromAsync(predict(net, [])), []);
  });
});

testWithTensorFlow(
  "predict() gives the same predictions compiled as eager",
  async () => {
    await tf.setBackend("tensorflow");
    await inFormulaFolder("softmax", async (net, files) => {
      const handles = countHandles();
      const eager = await predictAll(net, files);
      // Six batches are compiled.
      const compiled = await predictAll(net, files, { batchSize: 1 });
      for (const [file, { top }] of eager) {
        const other = compiled.get(file)!.top;
        assert.deepEqual(other.map(({ label }) => label), top.map(({ label }) => label));
        assertClose(
          other.map(({ probability }) => probability),
          top.map(({ probability }) => probability),
          1e-5,
        );
      }
      assert.equal(countHandles(), handles);
    });
  },
);
