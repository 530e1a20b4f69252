import { tf } from "../engine/tf.ts";
import { OptionError } from "../errors.ts";

/** The class indices to explain: one for all images, or one per image. */
export type Labels = number | readonly number[];

/**
 * Resolves the class to explain in each image.
 *
 * @param scores `[images, classes]`; not disposed.
 * @param labels Default: the class with the highest score in each image.
 * @throws {OptionError} If a label is not a class index, or there is not one per image.
 */
export async function chooseLabels(scores: tf.Tensor2D, labels?: Labels): Promise<number[]> {
  const [images, classes] = scores.shape;
  if (labels === undefined) {
    const best = tf.argMax(scores, 1);
    return Array.from(await best.data().finally(() => best.dispose()));
  }
  const chosen = typeof labels === "number" ? new Array<number>(images).fill(labels) : [...labels];
  if (chosen.length !== images) {
    throw new OptionError(
      `labels must be one class, or one per image (${images}). Received: ${labels}`,
    );
  }
  const invalid = chosen.find((label) =>
    !(Number.isInteger(label) && label >= 0 && label < classes)
  );
  if (invalid === undefined) return chosen;
  throw new OptionError(
    `a label must be a whole number from 0 to ${classes - 1}. Received: ${invalid}`,
  );
}

/**
 * Adds up the score of each image for its label. The gradient of the sum with respect to an image
 * depends on that image alone, so one backward pass serves all images.
 */
export function sumOfScores(scores: tf.Tensor2D, labels: readonly number[]): tf.Scalar {
  const mask = tf.oneHot(tf.tensor1d([...labels], "int32"), scores.shape[1]);
  return tf.sum(tf.mul(scores, mask));
}
