import assert from "node:assert/strict";
import { foldBatchNorm } from "../../lib/demo/fold_batch_norm.ts";
import { tf } from "../../lib/engine/tf.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import { buildNet } from "../../lib/weights/weights.ts";
import { assertClose } from "../assert_close.ts";
import { formulaValues, setFormulaWeights } from "../peers/formula.ts";

for (
  const options of [
    { batchNorm: true, convBias: true },
    { batchNorm: true, convBias: false },
    { batchNorm: false, convBias: false },
  ]
) {
  Deno.test(`foldBatchNorm() computes the same: ${JSON.stringify(options)}`, async () => {
    await tf.setBackend("cpu");
    const network = {
      ...{ configuration: "A", inputSize: 32, classes: 3, width: 1 / 16, head: "small" } as const,
      ...{ activation: "linear", ...options } as const,
    };
    const model = buildVGG(network);
    setFormulaWeights(model);
    for (
      const { name, shape, read, write } of model.weights.map((weight) => ({
        ...{ name: weight.originalName, shape: weight.shape as number[] },
        ...{ read: () => weight.read(), write: (value: tf.Tensor) => weight.write(value) },
      }))
    ) {
      // Variances are positive.
      if (name.endsWith("moving_variance")) write(tf.abs(read()).add(0.3).reshape(shape));
    }
    const plain = foldBatchNorm(model, network);
    const folded = await buildNet(plain.network, { path: "folded", arrays: plain.arrays });
    const pixels = Float32Array.from(formulaValues(2 * 32 * 32 * 3, 4));
    const x = tf.tensor4d(pixels, [2, 32, 32, 3]);
    const [expected, actual] = [model, folded].map((each) =>
      (each.predict(x) as tf.Tensor).dataSync<"float32">()
    );
    assert.ok(new Set(expected).size === 6);
    assertClose(actual!, expected!, 1e-4 * Math.max(...expected!.map(Math.abs)));
    assert.ok(folded.layers.every((layer) => layer.getClassName() !== "BatchNormalization"));
    [model, folded].forEach((each) => each.dispose());
  });
}

Deno.test("foldBatchNorm() refuses a negative factor after a pooling, which takes the largest values before it", async () => {
  await tf.setBackend("cpu");
  const network = {
    ...{ configuration: "S", inputSize: 32, classes: 3, width: 1 / 16, head: "max" } as const,
    ...{ batchNorm: true, convBias: false },
  };
  const model = buildVGG(network);
  const gamma = model.getLayer("block1_conv1_bn").trainableWeights[0]!;
  const { arrays } = foldBatchNorm(model, network);
  const read = (): Promise<Float32Array> => arrays.get("block1_conv1/kernel")!.read();
  assert.ok((await read()).length > 0);
  gamma.write(tf.neg(gamma.read()));
  await assert.rejects(read(), { name: "OptionError", message: /negative one in block1_conv1_bn/ });
  model.dispose();
});
