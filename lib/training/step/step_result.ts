import type { tf } from "../../engine/tf.ts";

/** The result of a step: the mean loss over the whole batch and the number of correct images. */
export interface StepResult {
  readonly loss: number;
  readonly correct: number;
  /** Whether a worker asked all workers to stop. */
  readonly wasStopped: boolean;
}

/** Reads and disposes of `[loss, correct]` or, for a whole batch, `[loss, correct, stop requests]`. */
export async function readResult(summary: Promise<tf.Tensor>): Promise<StepResult> {
  const tensor = await summary;
  const [loss, correct, stopped = 0] = await tensor.data<"float32">()
    .finally(() => tensor.dispose());
  return { loss: loss!, correct: correct!, wasStopped: stopped > 0 };
}
