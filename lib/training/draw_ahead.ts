import type { Augment } from "../data/augment/mod.ts";
import type { Batch } from "../data/batches.ts";
import { tf } from "../engine/tf.ts";

/** A batch that is ready for a step. */
export interface DrawnBatch {
  readonly batch: Batch;
  /** What `augment.draw` made of it; whoever takes it disposes of it. */
  readonly drawn: tf.Tensor[];
}

/**
 * Draws each batch's augmentation while the one before is being used.
 *
 * @param seed Of a batch, counted from 0.
 */
export async function* drawAhead(
  batches: AsyncIterable<Batch>,
  augment: Augment,
  seed: (number: number) => number,
): AsyncGenerator<DrawnBatch, void, void> {
  const source = batches[Symbol.asyncIterator]();
  const make = async (number: number): Promise<DrawnBatch | undefined> => {
    const { done, value: batch } = await source.next();
    return done ? undefined : { batch, drawn: augment.draw(batch, seed(number)) };
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
    // Whoever stops early leaves one behind.
    const left = await next.catch(() => undefined);
    tf.dispose(left?.drawn ?? []);
    await source.return?.();
  }
}
