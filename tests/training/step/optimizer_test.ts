import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import {
  isOptimizerState,
  Optimizer,
  type OptimizerOptions,
} from "../../../lib/training/step/optimizer.ts";
import { assertClose } from "../../assert_close.ts";

const plain: OptimizerOptions = {
  momentum: 0.9,
  nesterov: true,
  weightDecay: { kind: "l2", value: 0 },
  clipNorm: 0,
};

/** Two steps on one weight of two numbers with the gradient [1, -2], at rate 0.1. */
async function afterTwoSteps(
  options: Partial<OptimizerOptions>,
  shape = [1, 2],
): Promise<Float32Array> {
  await tf.setBackend("cpu");
  const before = tf.memory().numTensors;
  const weight = tf.tidy(() => tf.variable(tf.tensor([1, 1], shape)));
  const optimizer = new Optimizer([{ name: "dense/kernel", variable: weight }], {
    ...plain,
    ...options,
  });
  const [gradient, rate] = [tf.tensor([1, -2], shape), tf.scalar(0.1)];
  for (let step = 0; step < 2; step++) optimizer.apply([gradient], rate);
  const values = weight.dataSync<"float32">().slice();
  optimizer.dispose();
  tf.dispose([weight, gradient, rate]);
  assert.equal(tf.memory().numTensors, before);
  return values;
}

Deno.test("Optimizer computes Nesterov momentum", async () => {
  // velocity 1, 1.9; steps 0.1 (1 + 0.9), 0.1 (1 + 1.71).
  assertClose(await afterTwoSteps({}), [1 - 0.19 - 0.271, 1 + 0.38 + 0.542], 1e-6);
});

Deno.test("Optimizer computes plain momentum", async () => {
  assertClose(await afterTwoSteps({ nesterov: false }), [1 - 0.1 - 0.19, 1 + 0.2 + 0.38], 1e-6);
});

Deno.test("Optimizer subtracts decoupled weight decay, which the learning rate does not scale", async () => {
  const decayed = await afterTwoSteps({
    momentum: 0,
    weightDecay: { kind: "decoupled", value: 0.5 },
  });
  assertClose(decayed, [(1 * 0.5 - 0.1) * 0.5 - 0.1, (1 * 0.5 + 0.2) * 0.5 + 0.2], 1e-6);
});

Deno.test("Optimizer adds the L2 penalty to the gradients of kernels, not of biases", async () => {
  const penalty = { momentum: 0, weightDecay: { kind: "l2", value: 1 } } as const;
  assertClose(await afterTwoSteps(penalty), [
    (1 - 0.1 * 2) - 0.1 * (1 + 0.8),
    (1 + 0.1) - 0.1 * (-2 + 1.1),
  ], 1e-6);
  assertClose(await afterTwoSteps(penalty, [2]), [0.8, 1.4], 1e-6);
});

Deno.test("Optimizer clips gradients to the maximum norm", async () => {
  const clipped = await afterTwoSteps({ momentum: 0, clipNorm: 1 });
  const norm = Math.sqrt(5);
  assertClose(clipped, [1 - 0.2 / norm, 1 + 0.4 / norm], 1e-6);
});

Deno.test("Optimizer computes Adam as TensorFlow.js does", async () => {
  await tf.setBackend("cpu");
  tf.tidy(() => {
    const [weight, expected] = [0, 1].map(() => tf.variable(tf.tensor([1, 1, 1], [1, 3])));
    const optimizer = new Optimizer([{ name: "dense/kernel", variable: weight! }], {
      ...plain,
      optimizer: "adam",
    });
    const theirs = tf.train.adam(0.1, 0.9, 0.999, 1e-7);
    for (let step = 1; step <= 20; step++) {
      const gradient = tf.randomNormal([1, 3], 0.5, 1, "float32", step);
      optimizer.apply([gradient], tf.scalar(0.1));
      theirs.applyGradients([{ name: expected!.name, tensor: gradient }]);
      assertClose(weight!, expected!.dataSync(), 1e-5);
    }
    assert.ok(Math.abs(weight!.dataSync()[0]! - 1) > 0.2);
    optimizer.dispose();
    theirs.dispose();
  });
});

Deno.test("Optimizer resumes Adam from its state", async () => {
  await tf.setBackend("cpu");
  const after = (steps: readonly number[]): number[] =>
    tf.tidy(() => {
      const weight = tf.variable(tf.tensor([1, 1], [1, 2]));
      let [state, number]: [[string, Float32Array][], number] = [[], 0];
      for (const count of steps) {
        const optimizer = new Optimizer([{ name: "dense/kernel", variable: weight }], {
          ...plain,
          optimizer: "adam",
        });
        for (const [name, values] of state) {
          const variable = optimizer.state.get(name)!;
          variable.assign(tf.tensor(values, variable.shape));
        }
        for (let step = 0; step < count; step++) {
          optimizer.apply([tf.tensor([1, Math.sin(number++)], [1, 2])], tf.scalar(0.1));
        }
        state = [...optimizer.state].map(([name, value]) => [
          name,
          value.dataSync<"float32">().slice(),
        ]);
        optimizer.dispose();
      }
      assert.equal(state.length, 3);
      return Array.from(weight.dataSync());
    });
  assert.deepEqual(after([2, 3]), after([5]));
});

Deno.test("isOptimizerState() tells weights and state apart", () => {
  const state = [
    "a/kernel/velocity",
    "a/kernel/first_moment",
    "a/bias/second_moment",
    "optimizer/steps",
  ];
  assert.deepEqual([...state, "a/kernel", "a/moving_mean"].filter(isOptimizerState), state);
});

Deno.test("Optimizer multiplies the rate of some weights, whose decay stays the same", async () => {
  await tf.setBackend("cpu");
  const after = (name: string): number => {
    const variable = tf.variable(tf.tensor1d([1]));
    const optimizer = new Optimizer([{ name, variable }], {
      ...{ ...plain, momentum: 0, nesterov: false },
      weightDecay: { kind: "l2", value: 0.5, vectors: true },
      rateFactors: { offsets: 64, classifier: 0.25 },
    });
    optimizer.apply([tf.tensor1d([2])], tf.scalar(0.1));
    return variable.dataSync()[0]!;
  };
  // Each decays by rate · 0.5.
  assertClose([after("block1_conv1/bias")], [1 - 0.1 * 2 - 0.05], 1e-6);
  assertClose([after("block1_conv1_bn/beta")], [1 - 6.4 * 2 - 0.05], 1e-5);
  assertClose([after("predictions/bias")], [1 - 0.025 * 2 - 0.05], 1e-6);
});
