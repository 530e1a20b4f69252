import assert from "node:assert/strict";
import { compile } from "../../../lib/engine/compile.ts";
import { compileModels } from "../../../lib/engine/layers/compiled_models.ts";
import { currentBinding } from "../../../lib/engine/tensorflow/current_backend.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { assertClose } from "../../assert_close.ts";
import { countHandles, testWithTensorFlow } from "../tensorflow/support.ts";

/** Registers a test in a process whose models are compiled only by {@linkcode compiled}. */
function testModels(name: string, run: () => Promise<void>): void {
  testWithTensorFlow(name, run, { compileModels: false });
}

/**
 * Calls a function while models are compiled. Returns its result, and what was warned of.
 *
 * @param breakEven Default: a step is compiled as it comes again.
 */
async function compiled<T>(
  run: () => Promise<T>,
  breakEven = 1,
): Promise<{ result: T; warnings: string[] }> {
  const warnings: string[] = [];
  const undo = compileModels({
    warn: (line) => warnings.push(line),
    isTracing: () => currentBinding().tracer !== undefined,
    breakEven,
  });
  try {
    return { result: await run(), warnings };
  } finally {
    undo();
  }
}

/** Counts the operations that TensorFlow runs one by one meanwhile. */
async function countOperations(run: () => Promise<unknown>): Promise<number> {
  const binding = currentBinding();
  const { executeOp } = binding;
  let count = 0;
  binding.executeOp = (...call) => {
    if (!binding.tracer) count++;
    return executeOp.apply(binding, call);
  };
  await run();
  Reflect.deleteProperty(binding, "executeOp");
  return count;
}

const optimizers: Readonly<Record<string, () => tf.Optimizer>> = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.05, 0.9),
  nesterov: () => tf.train.momentum(0.05, 0.9, true),
  adam: () => tf.train.adam(0.01),
  rmsprop: () => tf.train.rmsprop(0.001, 0.9, 0.5),
  adagrad: () => tf.train.adagrad(0.1),
  adadelta: () => tf.train.adadelta(1),
  adamax: () => tf.train.adamax(0.01),
};

const dense = (units: number, seed: number, rest: object = {}): tf.layers.Layer =>
  tf.layers.dense({ units, kernelInitializer: tf.initializers.glorotNormal({ seed }), ...rest });

/** All weights of a model, in one list. */
function weightsOf(model: tf.LayersModel): number[] {
  return model.getWeights().flatMap((weight) => Array.from(weight.dataSync()));
}

/** A model with batch normalization and a penalty, compiled for an optimizer. */
function smallModel(
  optimizer: tf.Optimizer,
  extra: readonly tf.layers.Layer[] = [],
): tf.Sequential {
  const model = tf.sequential({
    layers: [
      dense(16, 1, { inputShape: [8], activation: "relu" }),
      tf.layers.batchNormalization(),
      ...extra,
      dense(3, 2, { activation: "softmax", kernelRegularizer: tf.regularizers.l2({ l2: 0.01 }) }),
    ],
  });
  model.compile({ optimizer, loss: "categoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}

function smallData(): { x: tf.Tensor2D; y: tf.Tensor2D } {
  return tf.tidy(() => ({
    x: tf.randomNormal([50, 8], 0, 1, "float32", 3) as tf.Tensor2D,
    y: tf.oneHot(tf.range(0, 50, 1, "int32").mod(tf.scalar(3, "int32")), 3) as tf.Tensor2D,
  }));
}

/** Everything that a training of some epochs shows, at another learning rate from the third on. */
async function train(optimizer: tf.Optimizer): Promise<{
  history: Record<string, number[]>;
  weights: number[];
  evaluation: number[];
  predictions: number[];
  iterations: number;
}> {
  const model = smallModel(optimizer);
  const { x, y } = smallData();
  const options = { batchSize: 16, shuffle: false, verbose: 0, validationData: [x, y] } as const;
  const { history } = await model.fit(x, y, { ...options, validationData: [x, y], epochs: 4 });
  const [again, predictions] = tf.tidy(() => [
    (model.evaluate(x, y, { batchSize: 16 }) as tf.Scalar[]).map((value) => value.dataSync()[0]!),
    Array.from((model.predict(x, { batchSize: 20 }) as tf.Tensor).dataSync()),
  ]);
  const weights = weightsOf(model);
  const { iterations } = optimizer as unknown as { iterations: number };
  model.dispose();
  optimizer.dispose();
  tf.dispose([x, y]);
  const logs = history as Record<string, number[]>;
  return { history: logs, weights, evaluation: again, predictions, iterations };
}

for (const [name, optimizer] of Object.entries(optimizers)) {
  testModels(`compiled models train with ${name} as plain ones do`, async () => {
    const expected = await train(optimizer());
    const { result, warnings } = await compiled(() => train(optimizer()));
    assert.deepEqual(warnings, []);
    for (const [key, values] of Object.entries(expected.history)) {
      assertClose(result.history[key]!, values, 1e-4);
    }
    assertClose(result.weights, expected.weights, 1e-4);
    assertClose(result.evaluation, expected.evaluation, 1e-4);
    assertClose(result.predictions, expected.predictions, 1e-4);
    assert.equal(result.iterations, expected.iterations);
    assert.equal(result.iterations, 16);
  });
}

testModels("compiled models follow a learning rate that changes", async () => {
  const run = async (): Promise<number[]> => {
    const optimizer = tf.train.adam(0.01);
    const model = smallModel(optimizer);
    const { x, y } = smallData();
    for (const rate of [0.01, 0.01, 0.001, 0, 0]) {
      (optimizer as unknown as { learningRate: number }).learningRate = rate;
      await model.trainOnBatch(x, y);
    }
    const values = weightsOf(model);
    model.dispose();
    optimizer.dispose();
    tf.dispose([x, y]);
    return values;
  };
  const expected = await run();
  assertClose((await compiled(run)).result, expected, 1e-5);
});

testModels("compiled models train with centered rmsprop as plain ones do", async () => {
  const run = async (): Promise<number[]> => {
    // TensorFlow.js takes the root of a negative number where a gradient is small.
    const optimizer = tf.train.rmsprop(0.001, 0.9, 0.5, 1e-12, true);
    const model = tf.sequential({ layers: [dense(3, 1, { inputShape: [8], useBias: false })] });
    model.compile({ optimizer, loss: "meanSquaredError" });
    const { x, y } = smallData();
    for (let step = 0; step < 5; step++) await model.trainOnBatch(x, y);
    const values = Array.from(model.getWeights()[0]!.dataSync());
    model.dispose();
    optimizer.dispose();
    tf.dispose([x, y]);
    return values;
  };
  const expected = await run();
  assert.ok(expected.every(Number.isFinite));
  assertClose((await compiled(run)).result, expected, 1e-5);
});

testModels("a compiled step is one operation", async () => {
  const optimizer = tf.train.adam(0.01);
  const model = smallModel(optimizer);
  const { x, y } = smallData();
  const step = async (): Promise<void> => void await model.trainOnBatch(x, y);
  const plain = await countOperations(step);
  await compiled(async () => {
    for (let warmUp = 0; warmUp < 2; warmUp++) await step();
    const count = await countOperations(step);
    assert.ok(count < plain / 5, `${count} operations for ${plain}`);
  });
  model.dispose();
  optimizer.dispose();
  tf.dispose([x, y]);
});

testModels(
  "a step is compiled once as many have run as it takes, or if as many are to come",
  async () => {
    const optimizer = tf.train.sgd(0.01);
    const model = smallModel(optimizer);
    const { x, y } = smallData();
    const step = (): Promise<unknown> => model.trainOnBatch(x, y);
    const fit = (epochs: number) => (): Promise<unknown> =>
      model.fit(x, y, { batchSize: x.shape[0]!, epochs, shuffle: false, verbose: 0 });
    const plain = await countOperations(step);
    const perEpoch = await countOperations(fit(2)) / 2;
    await compiled(async () => {
      for (let call = 0; call < 8; call++) {
        const count = await countOperations(step);
        assert.ok(count >= plain, `${count} operations for ${plain} in call ${call}`);
      }
      await step();
      const count = await countOperations(step);
      assert.ok(count < plain / 5, `${count} operations for ${plain}`);
    }, 8);
    await compiled(async () => {
      const short = await countOperations(fit(7));
      assert.ok(short >= 7 * perEpoch, `${short} operations for 7 times ${perEpoch}`);
    }, 8);
    await compiled(async () => {
      const long = await countOperations(fit(30));
      assert.ok(long < 20 * perEpoch, `${long} operations for 30 times ${perEpoch}`);
    }, 8);
    model.dispose();
    optimizer.dispose();
    tf.dispose([x, y]);
  },
);

testModels("the rest of an epoch is compiled only once it has come often", async () => {
  const optimizer = tf.train.sgd(0.01);
  const model = smallModel(optimizer);
  const { x, y } = smallData();
  const [restX, restY] = [x.slice(0, 7), y.slice(0, 7)];
  const rest = (): Promise<unknown> => model.trainOnBatch(restX, restY);
  const plain = await countOperations(rest);
  await compiled(async () => {
    await model.trainOnBatch(x, y);
    for (let call = 0; call < 8; call++) {
      const count = await countOperations(rest);
      assert.ok(count >= plain, `${count} operations for ${plain}`);
    }
    await rest();
    await rest();
    const count = await countOperations(rest);
    assert.ok(count < plain / 5, `${count} operations for ${plain}`);
  }, 8);
  model.dispose();
  optimizer.dispose();
  tf.dispose([x, y, restX, restY]);
});

testModels("dropout of compiled models draws another mask in each step", async () => {
  const model = tf.sequential({
    layers: [
      tf.layers.dropout({ rate: 0.5, inputShape: [1000] }),
      tf.layers.dense({ units: 1, kernelInitializer: "ones", useBias: false, trainable: false }),
      tf.layers.dense({ units: 1, kernelInitializer: "ones" }),
    ],
  });
  model.compile({ optimizer: tf.train.sgd(0), loss: "meanSquaredError" });
  const [x, y] = [tf.ones([1, 1000]), tf.zeros([1, 1])];
  const { result, warnings } = await compiled(async () => {
    const losses: number[] = [];
    for (let step = 0; step < 12; step++) losses.push(await model.trainOnBatch(x, y) as number);
    return losses;
  });
  assert.deepEqual(warnings, []);
  const sums = result.map(Math.sqrt);
  assert.ok(new Set(sums).size > 8, `${sums}`);
  // Half of the thousand ones, doubled: a standard deviation of 32.
  assert.ok(sums.every((sum) => Math.abs(sum - 1000) < 200), `${sums}`);
  model.dispose();
  tf.dispose([x, y]);
});

testModels("a model that draws other random numbers trains on, and says why", async () => {
  const model = smallModel(tf.train.sgd(0.1), [tf.layers.gaussianNoise({ stddev: 0.1 })]);
  const { x, y } = smallData();
  const { result, warnings } = await compiled(async () => {
    const losses: number[] = [];
    for (let step = 0; step < 6; step++) {
      losses.push((await model.trainOnBatch(x, y) as number[])[0]!);
    }
    return losses;
  });
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /^the steps of sequential_\d+_model are not compiled: /);
  assert.ok(result.at(-1)! < result[0]!);
  model.dispose();
  tf.dispose([x, y]);
});

testModels("2,000 compiled steps with Adam keep tensors and handles flat", async () => {
  const optimizer = tf.train.adam(0.001);
  const model = smallModel(optimizer);
  const { x, y } = smallData();
  const fit = async (epochs: number): Promise<void> =>
    void await model.fit(x, y, { epochs, batchSize: 25, verbose: 0 });
  await compiled(async () => {
    await fit(10);
    const before = [tf.memory().numTensors, countHandles()];
    await fit(1000);
    assert.deepEqual([tf.memory().numTensors, countHandles()], before);
  });
  model.dispose();
  optimizer.dispose();
  tf.dispose([x, y]);
});

testModels(
  "a prediction or a training step within a compiled function is a part of it",
  async () => {
    const optimizer = tf.train.momentum(0.1, 0.9);
    const model = smallModel(optimizer);
    const { x, y } = smallData();
    await model.trainOnBatch(x, y);
    const { result, warnings } = await compiled(() => {
      // A sequential model trains the one that it holds.
      const { model: inner } = model as unknown as {
        readonly model: { makeTrainFunction(): (data: tf.Tensor[]) => tf.Tensor[] };
      };
      const step = compile((x: tf.Tensor, y: tf.Tensor) => {
        const [loss, accuracy] = inner.makeTrainFunction()([x, y]);
        const results = [loss!.clone(), accuracy!.clone(), model.predict(x) as tf.Tensor];
        accuracy!.dispose();
        return results;
      });
      const losses: number[] = [];
      for (let call = 0; call < 9; call++) {
        const results = step(x, y);
        losses.push(results[0]!.dataSync()[0]!);
        tf.dispose(results);
      }
      step.dispose();
      return Promise.resolve(losses);
    });
    assert.deepEqual(warnings, []);
    assert.ok(result.at(-1)! < result[0]!, `${result}`);
    model.dispose();
    optimizer.dispose();
    tf.dispose([x, y]);
  },
);

testModels("a model whose optimizer or frozen layers change is compiled again", async () => {
  const run = async (): Promise<number[]> => {
    const optimizer = tf.train.adam(0.01);
    const model = smallModel(optimizer);
    const { x, y } = smallData();
    const steps = async (): Promise<void> => {
      for (let step = 0; step < 3; step++) await model.trainOnBatch(x, y);
    };
    await steps();
    model.layers[0]!.trainable = false;
    const other = tf.train.momentum(0.1, 0.5);
    model.compile({ optimizer: other, loss: "meanSquaredError" });
    await steps();
    const values = weightsOf(model);
    model.dispose();
    tf.dispose([x, y]);
    optimizer.dispose();
    other.dispose();
    return values;
  };
  const expected = await run();
  assertClose((await compiled(run)).result, expected, 1e-4);
});

testModels("layers that are frozen between two steps stay as they are", async () => {
  const run = async (): Promise<number[]> => {
    const optimizer = tf.train.sgd(0.1);
    const model = smallModel(optimizer);
    const { x, y } = smallData();
    // A traced step is compared with the model at its second call, then not before the eighth.
    for (let step = 0; step < 4; step++) await model.trainOnBatch(x, y);
    const kernel = model.layers[0]!.getWeights()[0]!;
    const before = kernel.dataSync();
    model.layers[0]!.trainable = false;
    for (let step = 0; step < 3; step++) await model.trainOnBatch(x, y);
    assert.deepEqual(kernel.dataSync(), before);
    const values = weightsOf(model);
    model.dispose();
    optimizer.dispose();
    tf.dispose([x, y]);
    return values;
  };
  const expected = await run();
  const { result, warnings } = await compiled(run);
  assertClose(result, expected, 1e-4);
  assert.deepEqual(warnings, []);
});

testModels("a model whose layers keep their states is computed as ever", async () => {
  const run = async (): Promise<number[]> => {
    const [kernelInitializer, recurrentInitializer] = [1, 2].map((seed) =>
      tf.initializers.glorotNormal({ seed })
    );
    const recurrent = { kernelInitializer, recurrentInitializer, stateful: true } as object;
    const model = tf.sequential({
      layers: [
        tf.layers.gru({ units: 2, batchInputShape: [2, 2, 2], ...recurrent }),
        dense(1, 3),
      ],
    });
    model.compile({ optimizer: tf.train.sgd(0.1), loss: "meanSquaredError" });
    const [x, y] = [tf.randomNormal([8, 2, 2], 0, 1, "float32", 1), tf.ones([8, 1])];
    const options = { epochs: 3, batchSize: 2, verbose: 0, shuffle: false } as const;
    const { history } = await model.fit(x, y, options);
    const predicted = model.predict(x, { batchSize: 2 }) as tf.Tensor;
    const values = [...history.loss as number[], ...predicted.dataSync()];
    return values;
  };
  const expected = await run();
  const { result, warnings } = await compiled(run);
  assertClose(result, expected, 1e-4);
  assert.match(warnings.join(), /^the steps of .* are not compiled: its layers keep their states/);
});

testModels("a prediction of no examples fails as it does without compiling", async () => {
  const model = smallModel(tf.train.sgd(0.1));
  const none = tf.zeros([0, 8]);
  const run = (): Promise<string> => {
    try {
      model.predict(none);
      return Promise.resolve("");
    } catch (error) {
      return Promise.resolve((error as Error).message);
    }
  };
  assert.equal((await compiled(run)).result, await run());
  model.dispose();
  none.dispose();
});
