import assert from "node:assert/strict";
import { makeAugment, resolveNormalization } from "../../../lib/data/augment/mod.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { useEngine } from "../../../lib/engine/use_engine.ts";
import { heapOf } from "../../../lib/engine/wasm/heap.ts";
import { TrainingStep } from "../../../lib/training/step/training_step.ts";
import { buildVGG } from "../../../lib/vgg/build.ts";
import { ramp } from "./support.ts";

Deno.test("200 training steps need no more memory than the first ten", async () => {
  await useEngine({ engine: "wasm" });
  const model = buildVGG({
    configuration: "A",
    inputSize: 32,
    classes: 3,
    width: 1 / 16,
    batchNorm: true,
    activation: "linear",
  });
  const step = new TrainingStep(model, {
    recipe: {
      batchSize: 8,
      momentum: 0.9,
      nesterov: true,
      weightDecay: { kind: "l2", value: 1e-3 },
      clipNorm: 1,
      labelSmoothing: 0,
    },
    augment: makeAugment({ kind: "none" }, resolveNormalization("rescale")),
    precision: "float32",
    microBatch: 8,
  });
  const labels = [0, 1, 2, 0, 1, 2, 0, 1];
  const run = async (index: number): Promise<void> => {
    const drawn = [ramp([8, 32, 32, 3])];
    await step.run({ drawn, labels, rate: 0.01, seed: [1, index] });
    tf.dispose(drawn);
  };
  const sizes = (): [number, number] => [
    tf.memory().numTensors,
    heapOf(tf.backend()).memory.buffer.byteLength,
  ];
  for (let index = 0; index < 10; index++) await run(index);
  const before = sizes();
  for (let index = 10; index < 200; index++) await run(index);
  assert.deepEqual(sizes(), before);
  step.dispose();
  model.dispose();
});
