import { tf } from "../tf.ts";
import { CompiledStep, type ModelStep, type StepData } from "./compiled_step.ts";
import { withSeededDropout } from "./dropout.ts";
import { applyInPlace, learningRateOf, updatesInPlace } from "./optimizer_updates.ts";

/** The parts of TensorFlow.js's models that their steps depend on; its types hide them. */
export interface SteppedModel extends Pick<tf.LayersModel, "name" | "layers"> {
  readonly optimizer_: tf.Optimizer;
  readonly lossFunctions: unknown;
  readonly collectedTrainableWeights: readonly tf.LayerVariable[];
  /** Whether a layer keeps states from batch to batch. */
  readonly stateful: boolean;
}

/** The compiled steps of a model. */
export class ModelSteps {
  readonly #model: SteppedModel;
  readonly #steps: Readonly<Record<"train" | "test" | "predict", CompiledStep>>;
  /** The seed of dropout, and the number of steps. */
  readonly #seed = Math.floor(Math.random() * 2 ** 31);
  #count = 0;
  /** The training steps that are known to come. */
  #expected = 0;
  #hasWarned = false;

  /**
   * @param breakEven See {@linkcode CompiledStep}.
   * @param warn Told, once, why steps are not compiled.
   */
  constructor(model: SteppedModel, breakEven: number, warn: (line: string) => void) {
    this.#model = model;
    const warnOnce = (line: string): void => {
      if (!this.#hasWarned) warn(`the steps of ${model.name} are not compiled: ${line}`);
      this.#hasWarned = true;
    };
    const step = (): CompiledStep => new CompiledStep(breakEven, warnOnce);
    this.#steps = { train: step(), test: step(), predict: step() };
  }

  /** Trains by `fit`, which makes so many steps unless it ends early. */
  async expecting<T>(steps: number, fit: () => Promise<T>): Promise<T> {
    this.#expected = steps;
    try {
      return await fit();
    } finally {
      this.#expected = 0;
    }
  }

  /**
   * Runs a training step.
   *
   * @param plain Runs it uncompiled.
   * @param minimize Runs it with another optimizer.
   */
  train(
    data: StepData,
    plain: ModelStep,
    minimize: (optimizer: tf.Optimizer, data: StepData) => tf.Tensor[],
  ): tf.Tensor[] {
    const model = this.#model;
    const { optimizer_: optimizer, lossFunctions, collectedTrainableWeights } = model;
    const { learningRate, ...settings } = optimizer.getConfig();
    const seed = tf.tensor1d([this.#seed, this.#count++], "int32");
    const rate = learningRateOf(optimizer);
    let isCompiled = false;
    try {
      return this.#steps.train.run({
        data: [...data, rate, seed],
        remaining: this.#expected--,
        plain: (batch) => plain(batch.slice(0, -2)),
        traced: (batch) => {
          const [rate, seed] = batch.slice(-2) as [tf.Tensor, tf.Tensor1D];
          const traced = traceable(optimizer, rate);
          return withSeededDropout(model, seed, () => minimize(traced, batch.slice(0, -2)));
        },
        dependencies: [
          optimizer,
          lossFunctions,
          JSON.stringify(settings),
          // Otherwise it is an argument, because it may change from step to step.
          ...(updatesInPlace(optimizer) ? [] : [learningRate]),
          ...collectedTrainableWeights,
          ...collectedTrainableWeights.map(({ trainable }) => trainable),
        ],
        refusal: this.#refusal(),
        onCompiled: () => isCompiled = true,
      });
    } finally {
      if (isCompiled) {
        (optimizer as unknown as { incrementIterations(): void }).incrementIterations();
      }
      tf.dispose([rate, seed]);
    }
  }

  test(data: StepData, plain: ModelStep): tf.Tensor[] {
    const dependencies = [this.#model.lossFunctions, ...this.#model.layers];
    const refusal = this.#refusal();
    return this.#steps.test.run({ data, plain, traced: plain, dependencies, refusal });
  }

  predict(
    inputs: readonly tf.Tensor[],
    batchSize: number,
    plain: ModelStep,
  ): tf.Tensor | tf.Tensor[] {
    return tf.tidy(() => {
      const count = inputs[0]!.shape[0]!;
      if (count === 0) return plain(inputs);
      const batches: tf.Tensor[][] = [];
      for (let start = 0; start < count; start += batchSize) {
        const length = Math.min(batchSize, count - start);
        const batch = length === count
          ? [...inputs]
          : inputs.map((input) => input.slice(start, length));
        batches.push(this.#steps.predict.run({
          ...{ data: batch, plain, traced: plain },
          remaining: Math.ceil((count - start) / batchSize),
          dependencies: this.#model.layers,
          refusal: this.#refusal(),
        }));
      }
      const outputs = batches[0]!.map((first, index) =>
        batches.length === 1 ? first : tf.concat(batches.map((batch) => batch[index]!))
      );
      return outputs.length === 1 ? outputs[0]! : outputs;
    });
  }

  /** Tracing a step would leave tensors without values as the states of its layers. */
  #refusal(): string | undefined {
    return this.#model.stateful ? "its layers keep their states (stateful)" : undefined;
  }

  dispose(): void {
    for (const step of Object.values(this.#steps)) step.dispose();
  }
}

/** An optimizer that makes one traced step, which it does not count: tracing makes none. */
function traceable(optimizer: tf.Optimizer, rate: tf.Tensor): tf.Optimizer {
  if (!updatesInPlace(optimizer)) {
    return Object.create(optimizer, { incrementIterations: { value: () => {} } });
  }
  const minimize: tf.Optimizer["minimize"] = (loss, _, variables) => {
    const { value, grads } = tf.variableGrads(loss, variables);
    applyInPlace(optimizer, grads, rate);
    tf.dispose(grads);
    return value;
  };
  return Object.create(optimizer, { minimize: { value: minimize } });
}
