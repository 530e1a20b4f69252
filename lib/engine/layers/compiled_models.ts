import { compile, type Compiled } from "../compile.ts";
import { CompileError } from "../errors.ts";
import { tf } from "../tf.ts";
import { withSeededDropout } from "./dropout.ts";
import { applyInPlace, learningRateOf, updatesInPlace } from "./optimizer_updates.ts";

/** A step of a model: from the tensors of a batch, some of which may be missing, to losses and metrics. */
type Step = (data: readonly (tf.Tensor | null | undefined)[]) => tf.Tensor[];

/** The parts of TensorFlow.js's models that this file replaces; its types hide them. */
interface Model extends Pick<tf.LayersModel, "name" | "layers" | "dispose"> {
  optimizer_: tf.Optimizer;
  lossFunctions: unknown;
  collectedTrainableWeights: readonly tf.LayerVariable[];
  testFunction: Step;
  makeTrainFunction(): Step;
  makeTestFunction(): void;
  predictLoop(inputs: tf.Tensor | tf.Tensor[], batchSize?: number): tf.Tensor | tf.Tensor[];
}

/** The shapes of batches for which a step of one model is compiled; other batches run uncompiled. */
const maxShapes = 8;

/** How {@linkcode compileModels} works. */
export interface CompileModelsOptions {
  /** Told, once a model, why its steps are not compiled. */
  readonly warn: (line: string) => void;
  /** Whether another function is being compiled, of which a step becomes a part. */
  readonly isTracing: () => boolean;
}

/** What a compiled step depends on beside its batch: it is compiled anew for another. */
type Dependencies = readonly unknown[];

/**
 * Makes `fit`, `fitDataset`, `trainOnBatch`, `evaluate`, `evaluateDataset` and `predict` of all models of
 * TensorFlow.js's layers run compiled steps. The first batch of each shape is computed as ever, as are
 * the steps of a model or an optimizer that cannot be compiled: one that draws random numbers other than
 * dropout's, for example.
 *
 * @returns A function that undoes this.
 */
export function compileModels(options: CompileModelsOptions): () => void {
  const prototype = tf.LayersModel.prototype as unknown as Model;
  const { makeTrainFunction, makeTestFunction, predictLoop, dispose } = prototype;
  const models = new WeakMap<Model, ModelSteps>();
  const stepsOf = (model: Model): ModelSteps => {
    const known = models.get(model) ?? new ModelSteps(model, options);
    models.set(model, known);
    return known;
  };
  prototype.makeTrainFunction = function (this: Model): Step {
    const plain = makeTrainFunction.call(this);
    return (data) =>
      stepsOf(this).train(data, plain, (optimizer, batch) => {
        const shadow: Model = Object.create(this, { optimizer_: { value: optimizer } });
        return makeTrainFunction.call(shadow)(batch);
      });
  };
  prototype.makeTestFunction = function (this: Model): void {
    makeTestFunction.call(this);
    const plain = this.testFunction;
    this.testFunction = (data) => stepsOf(this).test(data, plain);
  };
  prototype.predictLoop = function (
    this: Model,
    inputs,
    batchSize = 32,
  ): ReturnType<Model["predictLoop"]> {
    const plain = (batch: readonly tf.Tensor[]): tf.Tensor[] =>
      [predictLoop.call(this, [...batch], batchSize)].flat();
    return stepsOf(this).predict([inputs].flat(), batchSize, plain);
  };
  prototype.dispose = function (this: Model): ReturnType<Model["dispose"]> {
    const result = dispose.call(this);
    if (result.refCountAfterDispose === 0) models.get(this)?.dispose();
    return result;
  };
  return () =>
    Object.assign(prototype, { makeTrainFunction, makeTestFunction, predictLoop, dispose });
}

/** The compiled steps of a model. */
class ModelSteps {
  readonly #model: Model;
  readonly #steps: Readonly<Record<"train" | "test" | "predict", CompiledStep>>;
  /** The seed of dropout, and the number of steps. */
  readonly #seed = Math.floor(Math.random() * 2 ** 31);
  #count = 0;
  #hasWarned = false;

  constructor(model: Model, { warn, isTracing }: CompileModelsOptions) {
    this.#model = model;
    const warnOnce = (line: string): void => {
      if (!this.#hasWarned) warn(`the steps of ${model.name} are not compiled: ${line}`);
      this.#hasWarned = true;
    };
    const step = (): CompiledStep => new CompiledStep({ warn: warnOnce, isTracing });
    this.#steps = { train: step(), test: step(), predict: step() };
  }

  /**
   * Runs a training step.
   *
   * @param plain Runs it uncompiled.
   * @param minimize Runs it with another optimizer.
   */
  train(
    data: Parameters<Step>[0],
    plain: Step,
    minimize: (optimizer: tf.Optimizer, data: Parameters<Step>[0]) => tf.Tensor[],
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
        ],
        onCompiled: () => isCompiled = true,
      });
    } finally {
      if (isCompiled) {
        (optimizer as unknown as { incrementIterations(): void }).incrementIterations();
      }
      tf.dispose([rate, seed]);
    }
  }

  test(data: Parameters<Step>[0], plain: Step): tf.Tensor[] {
    const dependencies = [this.#model.lossFunctions, ...this.#model.layers];
    return this.#steps.test.run({ data, plain, traced: plain, dependencies });
  }

  predict(
    inputs: readonly tf.Tensor[],
    batchSize: number,
    plain: (batch: readonly tf.Tensor[]) => tf.Tensor[],
  ): tf.Tensor | tf.Tensor[] {
    return tf.tidy(() => {
      const count = inputs[0]!.shape[0]!;
      const batches: tf.Tensor[][] = [];
      for (let start = 0; start < count; start += batchSize) {
        const length = Math.min(batchSize, count - start);
        const batch = length === count
          ? [...inputs]
          : inputs.map((input) => input.slice(start, length));
        batches.push(this.#steps.predict.run({
          data: batch,
          plain: plain as Step,
          traced: plain as Step,
          dependencies: this.#model.layers,
        }));
      }
      const outputs = batches[0]!.map((first, index) =>
        batches.length === 1 ? first : tf.concat(batches.map((batch) => batch[index]!))
      );
      return outputs.length === 1 ? outputs[0]! : outputs;
    });
  }

  dispose(): void {
    for (const step of Object.values(this.#steps)) step.dispose();
  }
}

/** One kind of step of a model, compiled for the shapes that come again. */
class CompiledStep {
  readonly #options: CompileModelsOptions;
  #dependencies: Dependencies = [];
  #compiled: Compiled<tf.Tensor[], tf.Tensor[]> | undefined;
  #isRefused = false;
  /** How often there was a batch of a shape. */
  readonly #shapes = new Map<string, number>();

  constructor(options: CompileModelsOptions) {
    this.#options = options;
  }

  run({ data, plain, traced, dependencies, onCompiled }: {
    readonly data: Parameters<Step>[0];
    readonly plain: Step;
    /** What is compiled. */
    readonly traced: Step;
    readonly dependencies: Dependencies;
    readonly onCompiled?: () => void;
  }): tf.Tensor[] {
    const given = data.map((tensor) => tensor !== null && tensor !== undefined);
    this.#restartUnless([given.join(), ...dependencies]);
    const shape = data.map((tensor) => tensor ? `${tensor.dtype}[${tensor.shape}]` : "").join();
    const count = this.#shapes.get(shape) ?? 0;
    const isKnown = count > 0 || this.#shapes.size < maxShapes;
    if (isKnown) this.#shapes.set(shape, count + 1);
    // Within another compiled function it is part of that one; the first time it makes its variables.
    if (this.#isRefused || count === 0 || this.#options.isTracing()) return plain(data);
    this.#compiled ??= compile((...tensors: tf.Tensor[]) => {
      let next = 0;
      return released(traced(given.map((isGiven) => isGiven ? tensors[next++]! : null)));
    });
    try {
      const results = this.#compiled(...data.filter((tensor): tensor is tf.Tensor => !!tensor));
      onCompiled?.();
      return results;
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      this.#isRefused = true;
      this.#options.warn(error.message);
      return plain(data);
    }
  }

  dispose(): void {
    this.#compiled?.dispose();
    this.#compiled = undefined;
    this.#shapes.clear();
  }

  /** Forgets what was compiled, unless it depended on the same. */
  #restartUnless(dependencies: Dependencies): void {
    const known = this.#dependencies;
    const isSame = known.length === dependencies.length &&
      known.every((value, index) => value === dependencies[index]);
    if (isSame) return;
    this.dispose();
    this.#isRefused = false;
    this.#dependencies = dependencies;
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

/** The results of a step as tensors that can be returned: TensorFlow.js keeps the metrics. */
function released(results: readonly tf.Tensor[]): tf.Tensor[] {
  return results.map((result) => {
    const copy = result.clone();
    if (result.kept) result.dispose();
    return copy;
  });
}
