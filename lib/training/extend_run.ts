import { OptionError } from "../errors.ts";
import type { Run } from "../runs/run.ts";
import type { RunRecord } from "../runs/run_record.ts";
import { bestEpochOf } from "../runs/schemas.ts";
import { openSafetensors } from "../weights/safetensors/open_safetensors.ts";
import type { Checkpoint, CheckpointArray } from "./checkpoint/checkpoint.ts";
import { checkpointsOf } from "./checkpoint/checkpoint_store.ts";
import { emptyMetrics, emptyMonitor } from "./checkpoint/training_progress.ts";
import { recordedSettings } from "./config/from_record.ts";
import type { Recipe } from "./config/recipe.ts";
import { countSteps } from "./loop/epoch_batches.ts";
import { TrainingState } from "./loop/training_state.ts";
import type { PreparedData } from "./setup.ts";
import { stageAt } from "./step/unfreezing_step.ts";

/**
 * The record of a finished run that is to have more epochs. The learning rate's schedule is that of a
 * training of so many epochs. Layers that train go on training: of the stages of unfreezing, those
 * before the last finished epoch's are left out.
 *
 * @throws {OptionError} If the run has finished as many epochs, or takes no training steps.
 */
export function withEpochs(run: Run, epochs: number): RunRecord {
  const { record, directory } = run;
  const finished = record.result?.epochs ?? 0;
  const { recipe } = recordedSettings(record);
  if (recipe.linearProbe) {
    throw new OptionError(
      `a run of recipe ${record.recipe.name} cannot be trained on: its solver starts again each ` +
        `time, so train a new run with more epochs. Received: ${epochs}`,
    );
  }
  if (epochs <= finished) {
    throw new OptionError(
      `changes.epochs (--epochs) must be above ${finished}, the finished epochs of ${directory}. ` +
        `Received: ${epochs}`,
    );
  }
  const { unfreezing } = recipe;
  const current = unfreezing?.indexOf(stageAt(recipe, Math.max(1, finished))!) ?? 0;
  return {
    ...record,
    recipe: {
      ...record.recipe,
      epochs,
      ...(unfreezing ? { unfreezing: unfreezing.slice(current) } : {}),
    },
  };
}

/**
 * The checkpoint after the last epoch of a finished run: its last weights, and what the run kept of its
 * optimizer. Early stopping begins to count again.
 *
 * @param onMessage Told if the run is of an earlier version, which kept nothing of the optimizer.
 * @throws {RunError} or {WeightsError} If a file is missing or damaged.
 */
export async function lastCheckpoint(
  run: Run,
  onMessage?: (line: string) => void,
): Promise<Checkpoint> {
  await run.requireWeights("last");
  const weights = await readArrays(run.path("last"));
  const kept = await checkpointsOf(run).optimizer();
  if (!kept) {
    onMessage?.(
      `${run.directory} was trained by an earlier version, which did not keep the optimizer's ` +
        `state: it starts at zero`,
    );
  }
  const { arrays, progress, spent } = kept ?? await withoutOptimizer(run);
  return {
    arrays: new Map([...weights, ...arrays]),
    progress: { ...progress, patienceFrom: progress.history.length },
    spent,
  };
}

async function readArrays(path: string): Promise<Map<string, CheckpointArray>> {
  using file = await openSafetensors(path);
  const arrays = new Map<string, CheckpointArray>();
  for (const [name, array] of file.arrays) {
    arrays.set(name, { shape: array.shape, values: await array.read() });
  }
  return arrays;
}

async function withoutOptimizer(run: Run): Promise<Checkpoint> {
  const history = await run.history();
  const { best_epoch: bestEpoch = bestEpochOf(history), seconds = 0, core_seconds = 0 } =
    run.record.result ?? {};
  return {
    arrays: new Map(),
    progress: {
      ...{ steps: 0, history, bestEpoch, rateFactor: 1 },
      ...{ metrics: emptyMetrics, monitor: emptyMonitor },
    },
    spent: { seconds, core_seconds },
  };
}

/** Says which epochs follow, and at which learning rate. */
export function describeExtension(
  recipe: Recipe,
  { train, classes }: Pick<PreparedData, "train"> & { readonly classes: number },
  { progress }: Checkpoint,
): string {
  const { epochs, schedule: { kind } } = recipe;
  const finished = progress.history.length;
  const state = new TrainingState(
    { recipe, steps: countSteps({ recipe, train }), classes },
    progress,
  );
  const rate = (state.rate * (stageAt(recipe, finished + 1)?.rate ?? 1)).toPrecision(3);
  const before = progress.history.at(-1)?.lr.toPrecision(3);
  const which = epochs === finished + 1
    ? `epoch      ${epochs} follows`
    : `epochs     ${finished + 1} to ${epochs} follow`;
  const follows = `${which}; the learning rate`;
  return kind === "one-cycle" || kind === "cosine"
    ? `${follows} is that of a ${kind} schedule over ${epochs} epochs: it starts at ${rate}, and ` +
      `epoch ${finished} ended at ${before}`
    : `${follows} continues from ${rate}`;
}
