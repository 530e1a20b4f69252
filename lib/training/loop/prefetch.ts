import type { Batch } from "../../data/pipeline/batches.ts";
import { tf } from "../../engine/tf.ts";

/** A batch that is ready for a step. */
export interface AugmentedBatch {
  readonly batch: Batch;
  /** What was drawn for it; the caller that takes it disposes of it. */
  readonly drawn: tf.Tensor[];
}

/**
 * Draws each batch's augmentation while the one before is being used.
 *
 * @param draw Takes a batch and its number, counted from 0.
 */
export async function* prefetchBatches(
  batches: AsyncIterable<Batch>,
  draw: (batch: Batch, number: number) => tf.Tensor[],
): AsyncGenerator<AugmentedBatch, void, void> {
  const source = batches[Symbol.asyncIterator]();
  const make = async (number: number): Promise<AugmentedBatch | undefined> => {
    const { done, value: batch } = await source.next();
    return done ? undefined : { batch, drawn: draw(batch, number) };
  };
  let next = make(0);
  try {
    for (let number = 1; true; number++) {
      const current = await next;
      if (!current) return;
      next = make(number);
      // Its failure is told when it is asked for.
      next.catch(() => {});
      yield current;
    }
  } finally {
    // A loop that stops early leaves one behind.
    const left = await next.catch(() => undefined);
    tf.dispose(left?.drawn ?? []);
    await source.return?.();
  }
}
