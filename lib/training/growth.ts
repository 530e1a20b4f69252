import { tf } from "../engine/tf.ts";

/** One stage of a growth: until a share of all steps, pictures have `scale` times their side. */
export interface GrowthStage {
  readonly until: number;
  readonly scale: number;
}

/** The least side that five poolings leave something of. */
const leastSide = 32;

/**
 * The side of the pictures that a step trains on: a net that averages over its last map takes
 * smaller ones as well, learns the coarse from them in a fraction of the time, and the fine later.
 *
 * @param share Of all steps, how many are done: 0 to 1.
 * @param side Of the pictures as they are.
 */
export function sideAt(growth: readonly GrowthStage[], share: number, side: number): number {
  const scale = growth.find(({ until }) => share < until)?.scale ?? 1;
  return Math.min(side, Math.max(leastSide, Math.round(side * scale)));
}

/** Brings the pictures of what was drawn for a batch to a smaller side; the originals are disposed of. */
export function shrink(drawn: tf.Tensor[], from: number, to: number): tf.Tensor[] {
  if (from === to) return drawn;
  const [images, ...others] = drawn;
  const small = tf.image.resizeBilinear(images as tf.Tensor4D, [to, to], false, true);
  images!.dispose();
  return [small, ...others];
}
