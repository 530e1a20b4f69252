import assert from "node:assert/strict";
import fc from "fast-check";
import { compile, type Compiled } from "../../../lib/engine/compile.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { countHandles, testWithTensorFlow } from "./support.ts";

type Step = Compiled<[tf.Tensor], tf.Tensor>;

/** What a program may do with tensors, variables and compiled functions, in any order. */
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
  | "run aside"
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
    ...["assign variable", "dispose variable", "compile", "run", "run aside"] as const,
    ...["run", "run aside", "dispose compiled", "wait"] as const,
  ),
  first: fc.nat(5),
  second: fc.nat(5),
});

/** Runs a program; what it does with what was disposed of must be errors, and nothing may be left. */
class Program {
  readonly #tensors: tf.Tensor[] = [];
  readonly #variables: tf.Variable[] = [];
  readonly #compiled: Step[] = [];
  readonly #running: Promise<void>[] = [];

  async run(commands: readonly Command[]): Promise<void> {
    for (const one of commands) {
      try {
        await this.#follow(one);
      } catch (error) {
        assert.ok(error instanceof Error);
      }
    }
    await Promise.all(this.#running);
    tf.dispose([...this.#tensors, ...this.#variables]);
    for (const step of this.#compiled) step.dispose();
  }

  async #follow({ action, first, second }: Command): Promise<void> {
    const of = <Item>(items: readonly Item[], at: number): Item => {
      if (items.length === 0) throw new Error("there is none yet");
      return items[at % items.length]!;
    };
    const tensor = (at = first): tf.Tensor => of(this.#tensors, at);
    const variable = (): tf.Variable => of(this.#variables, first);
    const step = (): Step => of(this.#compiled, first);
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
      case "run aside":
        return this.#runAsync(step(), tensor(second));
      case "dispose compiled":
        return step().dispose();
      case "wait":
        await Promise.all(this.#running.splice(0));
    }
  }

  /** A function that reads and writes a variable, and uses a tensor from outside. */
  #compile(state: tf.Variable, outside: tf.Tensor): void {
    this.#compiled.push(compile((x: tf.Tensor) => {
      const next = state.add(x.sum()).add(outside.mean()) as tf.Tensor<tf.Rank>;
      state.assign(next);
      return next.mul(2);
    }));
  }

  #runAsync(step: Step, input: tf.Tensor): void {
    const ran = step.callAsync(input);
    this.#running.push(ran.then(
      (result) => void this.#tensors.push(result),
      (error) => assert.ok(error instanceof Error),
    ));
  }
}

testWithTensorFlow(
  "whatever is disposed of in whatever order is an error to use, and freed once",
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
  "a function that one engine compiled is refused while another computes",
  async () => {
    const step = compile((x: tf.Tensor) => x.add(1));
    const x = tf.tensor1d([1, 2]);
    step(x).dispose();
    await tf.setBackend("cpu");
    try {
      assert.throws(() => step(x), /that tensorflow compiled cannot be called while cpu computes/);
      await assert.rejects(step.callAsync(x), /cannot be called while cpu computes/);
      // A tensor moves to the engine that computes, there and back.
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
  "a function that is recorded anew, or disposed of, ends the call that runs aside",
  async () => {
    const before = countHandles();
    let outside = tf.tensor1d([1, 2]);
    const step = compile((x: tf.Tensor) => x.matMul(x).mul(outside.sum()));
    const x = tf.ones([256, 256]);
    const first = step.callAsync(x);
    outside.dispose();
    outside = tf.tensor1d([10, 20]);
    const second = step.callAsync(x);
    x.dispose();
    step.dispose();
    const results = await Promise.all([first, second]);
    assert.deepEqual(results.map((result) => result.dataSync()[0]), [256 * 3, 256 * 30]);
    tf.dispose([...results, outside]);
    assert.equal(countHandles(), before);
  },
);

// The last one: after it, the other tests' tensors are gone.
testWithTensorFlow(
  "after the engine was reset, old tensors are errors and new ones compute",
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
