import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { countHandles, testWithTensorFlow } from "../tensorflow/support.ts";

interface Training {
  readonly model: tf.Sequential;
  readonly x: tf.Tensor2D;
  readonly y: tf.Tensor2D;
  /** Trains on the tensors or on a data set of them, for three epochs of three batches. */
  fit(how: How, callbacks: object): Promise<unknown>;
  dispose(): void;
}

const ways = ["fit", "fitDataset"] as const;
type How = typeof ways[number];

function training(): Training {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 4, inputShape: [3], activation: "relu" }),
      tf.layers.dense({ units: 2, activation: "softmax" }),
    ],
  });
  const optimizer = tf.train.adam(0.01);
  model.compile({ optimizer, loss: "categoricalCrossentropy", metrics: ["accuracy"] });
  const x = tf.randomNormal<tf.Rank.R2>([24, 3]);
  const y = tf.tidy(() => tf.oneHot(tf.range(0, 24, 1, "int32").mod(tf.scalar(2, "int32")), 2));
  const validationData = [x, y] as [tf.Tensor, tf.Tensor];
  return {
    model,
    x,
    y: y as tf.Tensor2D,
    fit: async (how, callbacks) => {
      const common = { epochs: 3, verbose: 0, callbacks } as const;
      if (how === "fit") {
        return await model.fit(x, y, { ...common, batchSize: 8, validationData });
      }
      const rows = { xs: x.arraySync(), ys: y.arraySync() as number[][] };
      const dataset = tf.data.zip({ xs: tf.data.array(rows.xs), ys: tf.data.array(rows.ys) });
      return await model.fitDataset(dataset.batch(8), { ...common, verbose: 0 });
    },
    dispose: () => {
      model.dispose();
      optimizer.dispose();
      tf.dispose([x, y]);
    },
  };
}

/** Whatever TensorFlow.js and TensorFlow hold. */
function held(): number[] {
  return [tf.memory().numTensors, countHandles()];
}

const events = [
  ...["onTrainBegin", "onEpochBegin", "onBatchBegin", "onBatchEnd", "onEpochEnd", "onTrainEnd"],
  "onYield",
];

for (const how of ways) {
  testWithTensorFlow(
    `an exception from a callback ends ${how} and leaves nothing behind`,
    async () => {
      const { model, fit, dispose } = training();
      await fit(how, {});
      await fit(how, {});
      const before = held();
      for (const event of events) {
        let calls = 0;
        const callback = {
          [event]: () => {
            if (event.includes("Train") || ++calls > 1) throw new Error(`in ${event}`);
          },
        };
        if (event === "onYield") {
          // It is called now and then, if there was time.
          callback["onBatchEnd"] = () => new Promise((resolve) => setTimeout(resolve, 20));
          callback["onYield"] = () => {
            throw new Error("in onYield");
          };
        }
        await assert.rejects(fit(how, callback), { message: `in ${event}` });
        assert.deepEqual(held(), before, event);
        assert.equal(
          (model as unknown as { model: { isTraining: boolean } }).model.isTraining,
          false,
        );
      }
      await fit(how, {});
      assert.deepEqual(held(), before);
      dispose();
    },
  );

  testWithTensorFlow(`stopTraining ends ${how} and leaves nothing behind`, async () => {
    const { model, fit, dispose } = training();
    await fit(how, {});
    await fit(how, {});
    const before = held();
    const counts: number[] = [];
    const onBatchEnd = (batch: number): void => {
      counts.push(batch);
      if (batch === 1) model.stopTraining = true;
    };
    await fit(how, { onBatchEnd });
    assert.deepEqual(counts, [0, 1]);
    assert.deepEqual(held(), before);
    dispose();
  });

  testWithTensorFlow(`an abort within ${how} makes no further step`, async () => {
    const { model, fit, dispose } = training();
    await fit(how, {});
    await fit(how, {});
    const before = held();
    const abort = new AbortController();
    const weights = (): number[] => model.getWeights().flatMap((weight) => [...weight.dataSync()]);
    let atAbort: number[] = [];
    const callbacks = [
      {
        onBatchBegin: (batch: number) => {
          if (batch === 2) {
            atAbort = weights();
            abort.abort();
          }
          abort.signal.throwIfAborted();
        },
      },
      { onBatchBegin: () => assert.ok(!abort.signal.aborted, "a later callback was called") },
    ];
    await assert.rejects(fit(how, callbacks), { name: "AbortError" });
    assert.deepEqual(weights(), atAbort);
    assert.deepEqual(held(), before);
    dispose();
  });
}

testWithTensorFlow("an error of a step ends fit and leaves nothing behind", async () => {
  const { model, x, y, dispose } = training();
  let fails = false;
  const loss = (truth: tf.Tensor, prediction: tf.Tensor): tf.Tensor => {
    if (fails) throw new Error("the loss failed");
    return tf.losses.meanSquaredError(truth, prediction);
  };
  model.compile({ optimizer: tf.train.sgd(0.1), loss });
  await model.fit(x, y, { batchSize: 8, verbose: 0 });
  const before = held();
  // A shape that is new, so that the loss is computed.
  const onBatchEnd = (): void => void (fails = true);
  const fit = model.fit(x, y, { batchSize: 10, verbose: 0, callbacks: { onBatchEnd } });
  await assert.rejects(fit, { message: "the loss failed" });
  assert.deepEqual(held(), before);
  model.optimizer.dispose();
  dispose();
});
