import { tf } from "../tf.ts";
import type { ModelStep } from "./compiled_step.ts";
import { ModelSteps, type SteppedModel } from "./model_steps.ts";

/** The parts of TensorFlow.js's models that this file replaces; its types hide them. */
interface Model extends SteppedModel, Pick<tf.LayersModel, "dispose"> {
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
 * TensorFlow.js's layers run compiled steps, if there are enough of them. Not compiled are the first batch,
 * the first batches of each further shape, predictions within a gradient, and the steps of a model or an
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
