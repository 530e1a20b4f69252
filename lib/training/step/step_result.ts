import type { tf } from "../../engine/tf.ts";

/** The result of a step: the mean loss over its whole batch, and how many images were right. */
export interface StepResult {
  readonly loss: number;
  readonly correct: number;
  /** Whether a worker asked all workers to end. */
  readonly wasStopped: boolean;
}

/** Reads and disposes `[loss, correct]` and, of a whole batch, whether a worker asked to end. */
export async function readResult(summary: Promise<tf.Tensor>): Promise<StepResult> {
  const tensor = await summary;
  const [loss, correct, stopped = 0] = await tensor.data<"float32">()
    .finally(() => tensor.dispose());
  return { loss: loss!, correct: correct!, wasStopped: stopped > 0 };
}
