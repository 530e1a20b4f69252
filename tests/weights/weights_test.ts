import { join } from "@std/path";
import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import { openSafetensors } from "../../lib/weights/safetensors/open_safetensors.ts";
import { loadWeights, saveWeights } from "../../lib/weights/weights.ts";
import { assertClose } from "../assert_close.ts";
import { readAll } from "./read_all.ts";

await tf.setBackend("cpu");

const small = {
  configuration: "A",
  inputSize: 32,
  classes: 3,
  width: 1 / 16,
  head: "small",
  batchNorm: true,
} as const;

async function withWeights(
  work: (path: string, model: tf.LayersModel) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const model = buildVGG({ ...small, seed: 1 });
  try {
    const path = join(folder, "weights.safetensors");
    await saveWeights(model, path);
    await work(path, model);
  } finally {
    model.dispose();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("loadWeights() restores weights and moving averages bit for bit, without leaking tensors", () =>
  withWeights(async (path, model) => {
    const other = buildVGG({ ...small, seed: 2 });
    const before = tf.memory().numTensors;
    await loadWeights(other, path);
    assert.equal(tf.memory().numTensors, before);
    for (const [index, weight] of other.getWeights().entries()) {
      assertClose(weight, model.getWeights()[index], 0);
    }
    other.dispose();
  }));

Deno.test("saveWeights() names arrays by layer and weight, in TensorFlow's layout", () =>
  withWeights(async (path) => {
    const arrays = await readAll(path);
    assert.deepEqual(arrays.get("block1_conv1/kernel")?.shape, [3, 3, 3, 4]);
    assert.deepEqual(arrays.get("block1_conv1_bn/moving_variance")?.shape, [4]);
    assert.deepEqual(arrays.get("predictions/bias")?.shape, [3]);
  }));

Deno.test("loadWeights() lists what does not fit and changes nothing", () =>
  withWeights(async (path) => {
    const other = buildVGG({ ...small, classes: 4, batchNorm: false });
    const before = other.getWeights().map((weight) => weight.dataSync().slice());
    await assert.rejects(loadWeights(other, path), (error: Error) => {
      assert.match(error.message, /predictions\/kernel is \[32,3\] and should be \[32,4\]/);
      assert.match(error.message, /block1_conv1_bn\/gamma is unknown/);
      return true;
    });
    other.getWeights().forEach((weight, index) => assertClose(weight, before[index], 0));
    other.dispose();
  }));

Deno.test("openSafetensors() rejects files that are truncated, have wrong lengths, or no JSON", () =>
  withWeights(async (path) => {
    const whole = await Deno.readFile(path);
    const damaged: [Uint8Array, RegExp][] = [
      [whole.slice(0, 4), /ends early/],
      [whole.slice(0, whole.length - 4), /cannot be at bytes/],
      [Uint8Array.from([255, 255, 255, 255, 255, 255, 255, 127, ...whole.slice(8)]), /its header/],
      [Uint8Array.from([...whole.slice(0, 8), 33, ...whole.slice(9)]), /not JSON/],
    ];
    for (const [bytes, message] of damaged) {
      await Deno.writeFile(path, bytes);
      await assert.rejects(openSafetensors(path), message);
    }
  }));
