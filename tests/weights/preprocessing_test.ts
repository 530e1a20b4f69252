import { join } from "@std/path";
import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { openDescribedWeights, openNet } from "../../lib/runs/open_net.ts";
import { describeWeights } from "../../lib/weights/describe.ts";
import { exportWeights } from "../../lib/weights/export/export_weights.ts";
import { openWeights } from "../../lib/weights/open_weights.ts";
import {
  guessPreprocessing,
  preprocessingOf,
  preprocessings,
} from "../../lib/weights/preprocessing.ts";
import { assertClose } from "../assert_close.ts";
import { inFolder } from "../in_folder.ts";
import { writeUndescribed } from "./undescribed_files.ts";

await tf.setBackend("cpu");

interface Opened {
  /** The mean of red in the normalization. */
  readonly mean: number;
  readonly messages: readonly string[];
  readonly kernel: Float32Array;
}

/** Opens a file and reads its first kernel. */
async function open(path: string): Promise<Opened> {
  const messages: string[] = [];
  using weights = await openDescribedWeights(path, { onMessage: (line) => messages.push(line) });
  const kernel = await weights.arrays.get("block1_conv1/kernel")!.read();
  return { mean: weights.description.normalization.mean[0], messages, kernel };
}

Deno.test("openDescribedWeights() assumes the framework's preprocessing for a thousand classes", () =>
  inFolder(async (folder) => {
    const { keras, torchvision, library } = await writeUndescribed(folder);
    const bgr = await open(keras);
    assert.equal(bgr.mean, 123.68);
    assert.deepEqual(bgr.messages, [
      `${keras} does not specify its preprocessing: assumed keras ` +
      "(BGR from 0 to 255 minus ImageNet's mean). " +
      "To choose another: --preprocessing keras|torchvision|rescale",
    ]);
    const rgb = await open(torchvision);
    assertClose([rgb.mean], [123.675], 1e-9);
    assert.equal(rgb.messages.length, 1);
    assert.match(rgb.messages[0]!, /: assumed torchvision \(RGB minus .*\)\. To choose another: /);
    // With 4 filters, red is 8 values before blue.
    assert.deepEqual([bgr.kernel[0], bgr.kernel[8]], [rgb.kernel[8], rgb.kernel[0]]);
    const other = await open(library);
    assert.equal(other.mean, 0);
    assert.match(
      other.messages.join("\n"),
      /library\.safetensors .*: assumed rescale \(RGB from 0 to 1\)\. .*$/,
    );
  }));

Deno.test("openDescribedWeights() assumes pixels from 0 to 1 for nets with other classes", () =>
  inFolder(async (folder) => {
    const files = await writeUndescribed(folder, { classes: 7 });
    for (const path of Object.values(files)) {
      const { mean, messages } = await open(path);
      assert.equal(mean, 0);
      assert.match(messages.join("\n"), /: assumed rescale \(RGB from 0 to 1\)\. .*$/);
    }
  }));

Deno.test("openNet() assumes nothing if the caller or the file specifies the preprocessing", () =>
  inFolder(async (folder) => {
    const { keras } = await writeUndescribed(folder);
    const messages: string[] = [];
    const onMessage = (line: string): void => void messages.push(line);
    const net = await openNet(keras, { preprocessing: "rescale", onMessage });
    assert.deepEqual(net.normalization.mean, [0, 0, 0]);
    net.model.dispose();
    const described = join(folder, "described.h5");
    using weights = describeWeights(await openWeights(keras));
    await exportWeights(weights, "keras", described);
    const exported = await openNet(described, { onMessage });
    assert.deepEqual(exported.normalization.mean, [123.68, 116.779, 103.939]);
    exported.model.dispose();
    assert.deepEqual(messages, []);
  }));

Deno.test("guessPreprocessing() recognizes the names in Keras 3, of DataParallel and in ONNX", async () => {
  using keras = await openWeights(join(import.meta.dirname!, "golden/keras.weights.h5"));
  assert.equal(guessPreprocessing(keras, 1000), "keras");
  assert.equal(guessPreprocessing(keras, 999), "rescale");
  const storedNames = ["module.features.0.weight", "module.classifier.6.weight"];
  const torch = { path: "net.pth", source: "torchvision", storedNames } as const;
  assert.equal(guessPreprocessing(torch, 1000), "torchvision");
  assert.equal(
    guessPreprocessing({ ...torch, storedNames: storedNames.slice(0, 1) }, 1000),
    "rescale",
  );
  const onnx = storedNames.map((name) => name.replace("module.", ""));
  assert.equal(
    guessPreprocessing({ path: "net.onnx", source: "onnx", storedNames: onnx }, 1000),
    "torchvision",
  );
  const tf2onnx = ["vgg16_1/block1_conv1_1/convolution/ReadVariableOp:0"];
  assert.equal(
    guessPreprocessing({ path: "net.onnx", source: "onnx", storedNames: tf2onnx }, 1000),
    "keras",
  );
  const path = "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5";
  assert.equal(guessPreprocessing({ path, source: "keras", storedNames: [] }, 1), "keras");
});

Deno.test("preprocessingOf() cuts images as torchvision's programs do, and for a model of Keras not at all", () => {
  const { normalization, channelOrder } = preprocessings.torchvision;
  const facts = { preprocessing: { normalization, channelOrder } };
  const fitOf = (source: string): unknown =>
    preprocessingOf({ path: "net", source, storedNames: [], facts }, 4).fit(224);
  assert.deepEqual(fitOf("onnx"), { mode: "crop", size: 224, shortestSide: 256 });
  assert.deepEqual(fitOf("keras"), { mode: "stretch", size: 224 });
});
