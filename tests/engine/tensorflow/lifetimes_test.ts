import fc from "fast-check";
import assert from "node:assert/strict";
import { compile, type Compiled } from "../../../lib/engine/compile.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { countHandles, testWithTensorFlow } from "./support.ts";

type Step = Compiled<[tf.Tensor], tf.Tensor>;

/** The actions of a program on tensors, variables and compiled functions. */
type Action =
  | "make tensor"
  | "dispose tensor"
  | "read tensor"
  | "add tensors"
  | "make variable"
  | "assign variable"
  | "dispose variable"
  | "compile"
  | "run"
  | "run async"
  | "dispose compiled"
  | "wait";

interface Command {
  readonly action: Action;
  readonly first: number;
  readonly second: number;
}

const command: fc.Arbitrary<Command> = fc.record({
  action: fc.constantFrom<Action>(
    ...["make tensor", "dispose tensor", "read tensor", "add tensors", "make variable"] as const,
    ...["assign variable", "dispose variable", "compile", "run", "run async"] as const,
    ...["run", "run async", "dispose compiled", "wait"] as const,
  ),
  first: fc.nat(5),
  second: fc.nat(5),
});

/** Runs a program. Using what was disposed of must throw, and no tensor may be left. */
class Program {
  readonly #tensors: tf.Tensor[] = [];
  readonly #variables: tf.Variable[] = [];
  readonly #compiled: Step[] = [];
  readonly #running: Promise<void>[] = [];

  async run(commands: readonly Command[]): Promise<void> {
    for (const command of commands) {
      try {
        await this.#execute(command);
      } catch (error) {
        assert.ok(error instanceof Error);
      }
    }
    await Promise.all(this.#running);
    tf.dispose([...this.#tensors, ...this.#variables]);
    for (const step of this.#compiled) step.dispose();
  }

  async #execute({ action, first, second }: Command): Promise<void> {
    const pick = <Item>(items: readonly Item[], at: number): Item => {
      if (items.length === 0) throw new Error("there is none yet");
      return items[at % items.length]!;
    };
    const tensor = (at = first): tf.Tensor => pick(this.#tensors, at);
    const variable = (): tf.Variable => pick(this.#variables, first);
    const step = (): Step => pick(this.#compiled, first);
    switch (action) {
      case "make tensor":
        return void this.#tensors.push(tf.fill([2, 1 + second % 2], first));
      case "dispose tensor":
        return tensor().dispose();
      case "read tensor":
        return void tensor().dataSync();
      case "add tensors":
        return void this.#tensors.push(tf.add(tensor(), tensor(second)));
      case "make variable":
        return void this.#variables.push(tf.tidy(() => tf.variable(tf.fill([2, 1], second))));
      case "assign variable":
        return variable().assign(tensor(second) as tf.Tensor<tf.Rank>);
      case "dispose variable":
        return variable().dispose();
      case "compile":
        return this.#compile(variable(), tensor(second));
      case "run":
        return void this.#tensors.push(step()(tensor(second)));
      case "run async":
        return this.#runAsync(step(), tensor(second));
      case "dispose compiled":
        return step().dispose();
      case "wait":
        await Promise.all(this.#running.splice(0));
    }
  }

  /** Compiles a function that reads and writes a variable, and captures a tensor. */
  #compile(state: tf.Variable, captured: tf.Tensor): void {
    this.#compiled.push(compile((x: tf.Tensor) => {
      const next = state.add(x.sum()).add(captured.mean()) as tf.Tensor<tf.Rank>;
      state.assign(next);
      return next.mul(2);
    }));
  }

  #runAsync(step: Step, input: tf.Tensor): void {
    this.#running.push(
      step.callAsync(input).then(
        (result) => void this.#tensors.push(result),
        (error) => assert.ok(error instanceof Error),
      ),
    );
  }
}

testWithTensorFlow(
  "using what was disposed of throws, in any order of actions, and nothing leaks",
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 60 }), async (commands) => {
        const before = [tf.memory().numTensors, countHandles()];
        await new Program().run(commands);
        assert.deepEqual([tf.memory().numTensors, countHandles()], before, "tensors left behind");
      }),
      { seed: 1, numRuns: 150 },
    );
  },
);

testWithTensorFlow(
  "a function compiled by one engine is refused while another one computes",
  async () => {
    const step = compile((x: tf.Tensor) => x.add(1));
    const x = tf.tensor1d([1, 2]);
    step(x).dispose();
    await tf.setBackend("cpu");
    try {
      assert.throws(() => step(x), /compiled by tensorflow cannot be called while cpu computes/);
      await assert.rejects(step.callAsync(x), /cannot be called while cpu computes/);
      // Tensors move to the engine that computes, in both directions.
      const sum = tf.add(x, 1);
      await tf.setBackend("tensorflow");
      const result = step(sum);
      assert.deepEqual([...result.dataSync()], [3, 4]);
      tf.dispose([sum, result]);
    } finally {
      await tf.setBackend("tensorflow");
    }
    step.dispose();
    x.dispose();
  },
);

testWithTensorFlow(
  "an asynchronous call ends though its function is retraced or disposed of meanwhile",
  async () => {
    const before = countHandles();
    let captured = tf.tensor1d([1, 2]);
    const step = compile((x: tf.Tensor) => x.matMul(x).mul(captured.sum()));
    const x = tf.ones([256, 256]);
    const first = step.callAsync(x);
    captured.dispose();
    captured = tf.tensor1d([10, 20]);
    const second = step.callAsync(x);
    x.dispose();
    step.dispose();
    const results = await Promise.all([first, second]);
    assert.deepEqual(results.map((result) => result.dataSync()[0]), [256 * 3, 256 * 30]);
    tf.dispose([...results, captured]);
    assert.equal(countHandles(), before);
  },
);

// This must be the last test, as it removes all tensors.
testWithTensorFlow(
  "after a reset of the engine, old tensors throw and new ones work",
  async () => {
    const old = tf.tensor1d([1, 2]);
    const step = compile((x: tf.Tensor) => x.add(old));
    step(old).dispose();
    tf.engine().reset();
    await tf.setBackend("tensorflow");
    assert.throws(() => old.dataSync());
    assert.throws(() => tf.add(old, 1));
    assert.throws(() => step(old));
    const fresh = tf.tensor1d([1, 2]);
    assert.deepEqual([...tf.add(fresh, 1).dataSync()], [2, 3]);
    step.dispose();
  },
);
