import type { tf } from "../../engine/tf.ts";
import { uploadAndRelease } from "../../engine/upload.ts";
import { assignWeights, namedWeights } from "../../weights/weights.ts";
import { isOptimizerState, slowSlot } from "../step/optimizer.ts";
import type { TrainingStep } from "../step/training_step.ts";
import type { Checkpoint, CheckpointArray } from "./checkpoint.ts";
import { initialProgress, type TrainingProgress } from "./training_progress.ts";

/** The tensors of a checkpoint by their names; they stay the model's and the step's. */
export type TensorsByName = ReadonlyMap<string, tf.Tensor>;

/** All tensors that a training changes: see {@linkcode Checkpoint.arrays}. */
export function checkpointTensors(
  model: tf.LayersModel,
  step?: Pick<TrainingStep, "state">,
): TensorsByName {
  const weights = [...namedWeights(model)].map(([name, weight]) => [name, weight.read()] as const);
  return new Map<string, tf.Tensor>([...weights, ...step?.state ?? []]);
}

/** Copies the values of tensors, which may change afterwards. */
export async function readTensors(tensors: TensorsByName): Promise<Checkpoint["arrays"]> {
  const arrays = new Map<string, CheckpointArray>();
  for (const [name, tensor] of tensors) {
    const values = await tensor.data<"float32">() as Float32Array<ArrayBuffer>;
    arrays.set(name, { shape: tensor.shape, values });
  }
  return arrays;
}

/** A training between two steps. It is valid until the next one begins. */
export interface Snapshot {
  /** Missing where a training that is resumed starts again. */
  readonly progress: TrainingProgress | undefined;
  /** Copies the tensors, once for all callers: see {@linkcode Checkpoint.arrays}. */
  arrays(): Promise<ReadonlyMap<string, CheckpointArray>>;
}

/**
 * There is one for each step, and few are read: neither function is called before the values are needed, and
 * each once at most.
 */
export function snapshotOf(
  tensors: () => TensorsByName,
  readProgress: () => TrainingProgress | undefined = () => undefined,
): Snapshot {
  let arrays: Promise<Checkpoint["arrays"]> | undefined;
  let progress: TrainingProgress | undefined;
  return {
    get progress() {
      return progress ??= readProgress();
    },
    arrays: () => arrays ??= readTensors(tensors()),
  };
}

/** The checkpoint of a net before its first step. */
export async function newCheckpoint(model: tf.LayersModel): Promise<Checkpoint> {
  return {
    arrays: await readTensors(checkpointTensors(model)),
    progress: initialProgress,
    spent: { seconds: 0, core_seconds: 0 },
  };
}

/** Those of a checkpoint's arrays that are the net's weights. */
export function weightsIn(arrays: Checkpoint["arrays"]): Checkpoint["arrays"] {
  return new Map([...arrays].filter(([name]) => !isOptimizerState(name)));
}

/** Those of a checkpoint's arrays that are the optimizer's. */
export function optimizerStateIn(arrays: Checkpoint["arrays"]): Checkpoint["arrays"] {
  return new Map([...arrays].filter(([name]) => isOptimizerState(name)));
}

/**
 * Gives a model, and the step that trains it, the values of a checkpoint, which are used up. What
 * it does not hold of the optimizer is zero: it was made before the first step.
 *
 * @throws {WeightsError} Where it is of another net.
 */
export async function restoreTensors(
  arrays: Checkpoint["arrays"],
  model: tf.LayersModel,
  step?: Pick<TrainingStep, "state">,
): Promise<void> {
  const weights = [...weightsIn(arrays)].map(([name, { shape, values }]) =>
    [name, { shape, read: () => Promise.resolve(values) }] as const
  );
  await assignWeights(model, { path: "the checkpoint", arrays: new Map(weights) });
  // Slow weights that it does not hold are the net's.
  const initial = new Map(
    [...namedWeights(model)].map(([name, weight]) => [`${name}/${slowSlot}`, weight]),
  );
  for (const [name, variable] of step?.state ?? []) {
    const values = arrays.get(name)?.values;
    const weight = initial.get(name);
    if (!values && weight) {
      variable.assign(weight.read());
      continue;
    }
    const tensor = uploadAndRelease(
      values ?? new Float32Array(variable.size),
      variable.shape,
    );
    variable.assign(tensor);
    tensor.dispose();
  }
}
