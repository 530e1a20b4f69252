import assert from "node:assert/strict";
import { compileModels } from "../../../lib/engine/layers/compiled_models.ts";
import { currentBinding } from "../../../lib/engine/tensorflow/current_backend.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { assertClose } from "../../assert_close.ts";
import { testWithTensorFlow } from "../tensorflow/support.ts";

const words = 7;

/** Words, masked where they are 0, through an LSTM to their sum's parity. */
function reader(): tf.LayersModel {
  const seed = 1;
  const model = tf.sequential({
    layers: [
      tf.layers.embedding({
        ...{ inputDim: words, outputDim: 4, inputLength: 5, maskZero: true },
        embeddingsInitializer: tf.initializers.randomUniform({ minval: -1, maxval: 1, seed }),
      }),
      tf.layers.lstm({
        units: 6,
        kernelInitializer: tf.initializers.glorotNormal({ seed }),
        recurrentInitializer: tf.initializers.glorotNormal({ seed }),
      }),
      tf.layers.dense({ units: 1, kernelInitializer: tf.initializers.glorotNormal({ seed }) }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.05), loss: "meanSquaredError" });
  return model;
}

/** The losses of some epochs, and predictions afterwards. */
async function read(): Promise<number[]> {
  const model = reader();
  const x = tf.tidy(() =>
    tf.range(0, 60, 1, "int32").mod(tf.scalar(words, "int32")).reshape([12, 5])
  );
  const y = tf.tidy(() => x.sum(1, true).mod(tf.scalar(2, "int32")).toFloat());
  const options = { epochs: 6, batchSize: 4, shuffle: false, verbose: 0 } as const;
  const { history } = await model.fit(x, y, options);
  const predictions: number[] = [];
  for (let call = 0; call < 3; call++) {
    const output = model.predict(x) as tf.Tensor;
    predictions.push(...output.dataSync());
    output.dispose();
  }
  model.optimizer.dispose();
  model.dispose();
  tf.dispose([x, y]);
  return [...history["loss"] as number[], ...predictions];
}

testWithTensorFlow("a recurrent model with an embedding and a mask is compiled", async () => {
  const expected = await read();
  const warnings: string[] = [];
  const undo = compileModels({
    warn: (line) => warnings.push(line),
    isTracing: () => currentBinding().tracer !== undefined,
    breakEven: 1,
  });
  try {
    assertClose(await read(), expected, 1e-4);
    assert.deepEqual(warnings, []);
    const model = reader();
    const predict = (word: number): void => {
      const x = tf.fill([2, 5], word);
      tf.dispose(model.predict(x));
      x.dispose();
    };
    for (let call = 0; call < 12; call++) predict(1);
    assert.throws(() => predict(words), /is not in \[0, 7/);
    predict(2);
    model.optimizer.dispose();
    model.dispose();
  } finally {
    undo();
  }
}, { compileModels: false });
