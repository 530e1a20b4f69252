import type { Engine } from "../../engine/engine.ts";
import type { Run } from "../../runs/run.ts";
import type { HistoryLine } from "../../runs/schemas.ts";
import type { Snapshot } from "../checkpoint/model_state.ts";
import type { FitResult, Progress } from "../loop/progress.ts";

/**
 * Reacts to the events of a training: logs, saves, shows or checks something. Training waits for each
 * event, and calls the callbacks in the order of their list. An error of a callback ends training, and
 * marks the run as failed.
 *
 * @example
 * ```ts
 * import { type Callback, train } from "vgg/training";
 *
 * const logLosses: Callback = {
 *   onEpoch: ({ epoch, loss }) => Deno.writeTextFile("loss.txt", `${epoch} ${loss}\n`, { append: true }),
 * };
 * const start = () => train({ data: "drawn10", callbacks: [logLosses] });
 * ```
 */
export interface Callback {
  /** When the engine is ready, before anything is written. Throws if it cannot work with it. */
  onSetup?(engine: Engine): void;
  /** Before the first step, also of a training that is resumed. The run's folder exists. */
  onStart?(run: Run): void | Promise<void>;
  /**
   * After each step whose loss is finite. After a roll-back, epochs and steps are repeated. The recipe
   * `features` has no steps.
   */
  onStep?(progress: Progress, snapshot: Snapshot): void | Promise<void>;
  /** After each epoch and its validation. `best`: its validation accuracy is the highest so far. */
  onEpoch?(line: HistoryLine, best: boolean, snapshot: Snapshot): void | Promise<void>;
  /** After the last step of an interrupted training, unless that starts again when it is resumed. */
  onInterrupt?(snapshot: Snapshot): void | Promise<void>;
  /**
   * Once, if `onStart` was called, however training ended. The run's record does not say the end yet.
   *
   * @param result `undefined` if training failed.
   */
  onEnd?(result: FitResult | undefined): void | Promise<void>;
}

/** Calls an event of all callbacks, one after the other. */
export async function notify(
  callbacks: readonly Callback[],
  event: (callback: Callback) => void | Promise<void>,
): Promise<void> {
  for (const callback of callbacks) await event(callback);
}

/**
 * Trains between `onStart` and `onEnd`. The latter reaches every callback whose `onStart` was called,
 * also if training, a callback's start or another one's end fails.
 */
export async function withCallbacks(
  callbacks: readonly Callback[],
  run: Run,
  training: () => Promise<FitResult>,
): Promise<FitResult> {
  const started: Callback[] = [];
  let result: FitResult;
  try {
    await notify(callbacks, (callback) => {
      started.push(callback);
      return callback.onStart?.(run);
    });
    result = await training();
  } catch (error) {
    // The first error is the cause; those of the ends may follow from it.
    await endAll(started, undefined).catch(() => {});
    throw error;
  }
  await endAll(started, result);
  return result;
}

/** @throws The first error, after all callbacks were called. */
async function endAll(
  callbacks: readonly Callback[],
  result: FitResult | undefined,
): Promise<void> {
  const errors: unknown[] = [];
  for (const callback of callbacks) {
    try {
      await callback.onEnd?.(result);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
