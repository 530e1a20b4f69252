import assert from "node:assert/strict";
import { join } from "@std/path";
import { tf } from "../../lib/engine/tf.ts";
import { openDescribedWeights, openNet } from "../../lib/runs/open_net.ts";
import { describeWeights } from "../../lib/weights/describe.ts";
import { exportWeights } from "../../lib/weights/export/export_weights.ts";
import { openWeights } from "../../lib/weights/open_weights.ts";
import { guessPreprocessing } from "../../lib/weights/preprocessing.ts";
import { assertClose } from "../assert_close.ts";
import { inFolder } from "../in_folder.ts";
import { writeUndescribed } from "./undescribed_files.ts";

await tf.setBackend("cpu");

/** Opens a file: how images become its input, what is said about that, and its first kernel. */
async function opened(path: string): Promise<[mean: number, said: string[], kernel: Float32Array]> {
  const said: string[] = [];
  using weights = await openDescribedWeights(path, { onMessage: (line) => said.push(line) });
  const kernel = await weights.arrays.get("block1_conv1/kernel")!.read();
  return [weights.description.normalisation.mean[0], said, kernel];
}

Deno.test("openDescribedWeights() assumes of a thousand classes what their framework published", () =>
  inFolder(async (folder) => {
    const { keras, torchvision, own } = await writeUndescribed(folder);
    const names = "To name another: --preprocessing keras|torchvision|rescale";
    const [mean, said, bgr] = await opened(keras);
    assert.equal(mean, 123.68);
    assert.deepEqual(said, [
      `${keras} does not say how images become its input: assumed keras ` +
      `(BGR from 0 to 255 less ImageNet's mean). ${names}`,
    ]);
    const [torchMean, torchSaid, rgb] = await opened(torchvision);
    assertClose([torchMean], [123.675], 1e-9);
    assert.equal(torchSaid.length, 1);
    assert.match(torchSaid[0]!, /: assumed torchvision \(RGB less .*\)\. To name another: --pre/);
    // Of 4 filters: red lies 8 values before blue.
    assert.deepEqual([bgr[0], bgr[8]], [rgb[8], rgb[0]]);
    const [ownMean, ownSaid] = await opened(own);
    assert.equal(ownMean, 0);
    assert.match(
      ownSaid.join("\n"),
      /own\.safetensors .*: assumed rescale \(RGB from 0 to 1\)\. .*$/,
    );
  }));

Deno.test("openDescribedWeights() assumes pixels from 0 to 1 of nets with other classes", () =>
  inFolder(async (folder) => {
    const files = await writeUndescribed(folder, { classes: 7 });
    for (const path of Object.values(files)) {
      const [mean, said] = await opened(path);
      assert.equal(mean, 0);
      assert.match(said.join("\n"), /: assumed rescale \(RGB from 0 to 1\)\. .*$/);
    }
  }));

Deno.test("nothing is assumed, nor said, where the user or the file says it", () =>
  inFolder(async (folder) => {
    const { keras } = await writeUndescribed(folder);
    const said: string[] = [];
    const onMessage = (line: string): void => void said.push(line);
    const net = await openNet(keras, { preprocessing: "rescale", onMessage });
    assert.deepEqual(net.normalisation.mean, [0, 0, 0]);
    net.model.dispose();
    const described = join(folder, "described.h5");
    using weights = describeWeights(await openWeights(keras));
    await exportWeights(weights, "keras", described);
    const again = await openNet(described, { onMessage });
    assert.deepEqual(again.normalisation.mean, [123.68, 116.779, 103.939]);
    again.model.dispose();
    assert.deepEqual(said, []);
  }));

Deno.test("guessPreprocessing() knows names in Keras 3, of DataParallel and in ONNX", async () => {
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
  const path = "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5";
  assert.equal(guessPreprocessing({ path, source: "keras", storedNames: [] }, 1), "keras");
});
