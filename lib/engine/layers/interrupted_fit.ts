import { disposeOfTape } from "../dispose_of_tape.ts";
import { tf } from "../tf.ts";

/** The parts of TensorFlow.js's models that this file replaces; its types hide them. */
interface Model extends Pick<tf.LayersModel, "stopTraining"> {
  makeTrainFunction(): (data: unknown) => tf.Tensor[];
  getDedupedMetricsNames(): string[];
}

type Fit = (this: Model, ...args: unknown[]) => Promise<unknown>;
type Listener = (this: CallbackList, first?: unknown, logs?: unknown) => Promise<void>;
type Callback = Record<string, (first?: unknown, logs?: unknown) => Promise<void>>;

/** The listeners of a training's events, in this order: TensorFlow.js's logger, the callbacks, its history. */
interface CallbackList {
  readonly callbacks: readonly Callback[];
  setModel(model: Model): void;
}

/** Each with the number of its arguments before the logs. */
const events = {
  ...{ onTrainBegin: 0, onTrainEnd: 0 },
  ...{ onEpochBegin: 1, onEpochEnd: 1, onBatchBegin: 1, onBatchEnd: 1 },
};

/** What first went wrong in a training. */
interface Failure {
  readonly error: unknown;
}

/**
 * Makes `fit` and `fitDataset` leave no tensors behind where a callback or a step throws. TensorFlow.js
 * keeps sums, losses and histories until an epoch ends; so the error ends the training as
 * `model.stopTraining` does, and is thrown then. No further step is made, and no further callback called.
 *
 * @returns A function that undoes this.
 */
export function endFitsCleanly(): () => void {
  const prototype = tf.LayersModel.prototype as unknown as Model & Record<string, Fit>;
  const list = tf.CallbackList.prototype as unknown as CallbackList & Record<string, Listener>;
  const failures = new WeakMap<Model, Failure>();
  const models = new WeakMap<CallbackList, Model>();
  const before = { makeTrainFunction: prototype.makeTrainFunction };
  const note = (model: Model, error: unknown): void => {
    if (!failures.has(model)) failures.set(model, { error });
    model.stopTraining = true;
  };

  prototype.makeTrainFunction = function (this: Model): ReturnType<Model["makeTrainFunction"]> {
    const step = before.makeTrainFunction.call(this);
    const isFitting = fitting.has(this);
    return (data) => {
      if (!isFitting) return step(data);
      try {
        if (!failures.has(this)) return step(data);
      } catch (error) {
        note(this, error);
        disposeOfTape();
      }
      // They are not shown, but the logger expects some.
      return this.getDedupedMetricsNames().map(() => tf.scalar(NaN));
    };
  };

  const fitting = new WeakSet<Model>();
  const fits = (["fit", "fitDataset"] as const).map((name) => {
    const plain = prototype[name]!;
    prototype[name] = async function (...args): Promise<unknown> {
      // The second of two at a time is refused.
      if (fitting.has(this)) return await plain.apply(this, args);
      fitting.add(this);
      try {
        const history = await plain.apply(this, args);
        const failure = failures.get(this);
        if (failure) throw failure.error;
        return history;
      } finally {
        fitting.delete(this);
        failures.delete(this);
      }
    };
    return [name, plain] as const;
  });

  const { setModel } = list;
  list.setModel = function (this: CallbackList, model): void {
    models.set(this, model);
    setModel.call(this, model);
  };
  const listeners = Object.entries(events).map(([name, position]) => {
    const plain = list[name]!;
    list[name] = async function (...args): Promise<void> {
      const model = models.get(this);
      if (!model || !fitting.has(model)) return await plain.apply(this, args);
      const { callbacks } = this;
      args[position] ??= {};
      for (const [index, callback] of callbacks.entries()) {
        const isTheirs = index > 0 && index < callbacks.length - 1;
        if (isTheirs && failures.has(model)) continue;
        try {
          await callback[name]!(...args);
        } catch (error) {
          note(model, error);
        }
      }
      // Training sets it to false after its begin.
      if (name !== "onTrainBegin" && failures.has(model)) model.stopTraining = true;
    };
    return [name, plain] as const;
  });

  return () => {
    Object.assign(prototype, before, Object.fromEntries(fits));
    Object.assign(list, { setModel }, Object.fromEntries(listeners));
  };
}
