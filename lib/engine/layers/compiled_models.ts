import { tf } from "../tf.ts";
import { CompiledStep, type ModelStep, type StepData } from "./compiled_step.ts";
import { withSeededDropout } from "./dropout.ts";
import { applyInPlace, learningRateOf, updatesInPlace } from "./optimizer_updates.ts";

/** The parts of TensorFlow.js's models that this file replaces; its types hide them. */
interface Model extends Pick<tf.LayersModel, "name" | "layers" | "dispose"> {
  optimizer_: tf.Optimizer;
  lossFunctions: unknown;
  collectedTrainableWeights: readonly tf.LayerVariable[];
  /** Whether a layer keeps states from batch to batch. */
  readonly stateful: boolean;
  testFunction: ModelStep;
  makeTrainFunction(): ModelStep;
  makeTestFunction(): void;
  predictLoop(inputs: tf.Tensor | tf.Tensor[], batchSize?: number): tf.Tensor | tf.Tensor[];
  fit(x: Data, y: Data, args?: tf.ModelFitArgs): Promise<tf.History>;
  fitDataset(data: tf.data.Dataset<tf.TensorContainer>, args: FitDatasetArgs): Promise<tf.History>;
}

type Data = tf.Tensor | tf.Tensor[] | tf.NamedTensorMap;
type FitDatasetArgs = tf.ModelFitDatasetArgs<tf.TensorContainer>;

/** How {@linkcode compileModels} works. */
export interface CompileModelsOptions {
  /** Told, once a model, why its steps are not compiled. */
  readonly warn: (line: string) => void;
  /** Whether another function is being compiled, of which a step becomes a part. */
  readonly isTracing: () => boolean;
  /**
   * A step is compiled if at least so many of it are to come, or have run; default 16. To trace, verify and
   * optimize it takes as long as 2 to 8 steps take uncompiled.
   */
  readonly breakEven?: number;
}

/**
 * Makes `fit`, `fitDataset`, `trainOnBatch`, `evaluate`, `evaluateDataset` and `predict` of all models of
 * TensorFlow.js's layers run compiled steps, where there are enough of them. As ever are computed: the first
 * batch, the first ones of each further shape, predictions within a gradient, and the steps of a model or an
 * optimizer that cannot be compiled: one that draws random numbers other than dropout's, or whose layers
 * keep their states from batch to batch, for example.
 *
 * @returns A function that undoes this.
 */
export function compileModels(
  { warn, isTracing, breakEven = 16 }: CompileModelsOptions,
): () => void {
  const prototype = tf.LayersModel.prototype as unknown as Model;
  const replaced = originalsOf(prototype);
  const { makeTrainFunction, makeTestFunction, predictLoop, fit, fitDataset, dispose } = replaced;
  const models = new WeakMap<Model, ModelSteps>();
  const stepsOf = (model: Model): ModelSteps => {
    const known = models.get(model) ?? new ModelSteps(model, breakEven, warn);
    models.set(model, known);
    return known;
  };
  prototype.makeTrainFunction = function (this: Model): ModelStep {
    const plain = makeTrainFunction.call(this);
    return (data) => {
      if (isTracing()) return plain(data);
      return stepsOf(this).train(data, plain, (optimizer, batch) => {
        const shadow: Model = Object.create(this, { optimizer_: { value: optimizer } });
        return makeTrainFunction.call(shadow)(batch);
      });
    };
  };
  prototype.makeTestFunction = function (this: Model): void {
    makeTestFunction.call(this);
    const plain = this.testFunction;
    this.testFunction = (data) =>
      isTracing() || isDifferentiating() ? plain(data) : stepsOf(this).test(data, plain);
  };
  prototype.predictLoop = function (
    this: Model,
    inputs,
    batchSize = 32,
  ): ReturnType<Model["predictLoop"]> {
    if (isTracing() || isDifferentiating()) return predictLoop.call(this, inputs, batchSize);
    // No input of a prediction is missing.
    const plain: ModelStep = (batch) =>
      [predictLoop.call(this, batch as tf.Tensor[], batchSize)].flat();
    return stepsOf(this).predict([inputs].flat(), batchSize, plain);
  };
  prototype.fit = async function (this: Model, x, y, args = {}): Promise<tf.History> {
    const { batchSize = 32, epochs = 1, validationSplit = 0 } = args;
    const [first] = x instanceof tf.Tensor ? [x] : Object.values(x);
    const batches = Math.ceil((first?.shape[0] ?? 0) * (1 - validationSplit) / batchSize);
    return await stepsOf(this).expecting(batches * epochs, () => fit.call(this, x, y, args));
  };
  prototype.fitDataset = async function (this: Model, data, args): Promise<tf.History> {
    const batches = args.batchesPerEpoch ?? data.size ?? 0;
    const steps = batches * args.epochs;
    return await stepsOf(this).expecting(steps, () => fitDataset.call(this, data, args));
  };
  prototype.dispose = function (this: Model): ReturnType<Model["dispose"]> {
    const result = dispose.call(this);
    if (result.refCountAfterDispose === 0) models.get(this)?.dispose();
    return result;
  };
  return () => Object.assign(prototype, replaced);
}

/** The functions that this file replaces. */
function originalsOf(
  { makeTrainFunction, makeTestFunction, predictLoop, fit, fitDataset, dispose }: Model,
): Pick<
  Model,
  "makeTrainFunction" | "makeTestFunction" | "predictLoop" | "fit" | "fitDataset" | "dispose"
> {
  return { makeTrainFunction, makeTestFunction, predictLoop, fit, fitDataset, dispose };
}

/** Whether TensorFlow.js records what is computed for a gradient, which it cannot do of a compiled step. */
function isDifferentiating(): boolean {
  return tf.engine().state.gradientDepth > 0;
}

/** The compiled steps of a model. */
class ModelSteps {
  readonly #model: Model;
  readonly #steps: Readonly<Record<"train" | "test" | "predict", CompiledStep>>;
  /** The seed of dropout, and the number of steps. */
  readonly #seed = Math.floor(Math.random() * 2 ** 31);
  #count = 0;
  /** The training steps that are known to come. */
  #expected = 0;
  #hasWarned = false;

  constructor(model: Model, breakEven: number, warn: CompileModelsOptions["warn"]) {
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
