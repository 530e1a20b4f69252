import { tf } from "../engine/tf.ts";
import { OptionError } from "../errors.ts";

/** Which classes to explain: one for all images, or one an image. Default: those predicted. */
export type Labels = number | readonly number[];

/**
 * A class for every image.
 *
 * @param scores `[images, classes]`; they stay.
 * @throws {OptionError} For a class that there is not, or another number of classes than of images.
 */
export async function chooseLabels(scores: tf.Tensor2D, labels?: Labels): Promise<number[]> {
  const [images, classes] = scores.shape;
  if (labels === undefined) {
    const best = tf.argMax(scores, 1);
    return Array.from(await best.data().finally(() => best.dispose()));
  }
  const chosen = typeof labels === "number" ? new Array<number>(images).fill(labels) : [...labels];
  if (chosen.length !== images) {
    throw new OptionError(`labels must be one, or one an image: ${images}. Received: ${labels}`);
  }
  const wrong = chosen.find((label) => !(Number.isInteger(label) && label >= 0 && label < classes));
  if (wrong === undefined) return chosen;
  throw new OptionError(
    `a label must be a whole number from 0 to ${classes - 1}. Received: ${wrong}`,
  );
}

/** The sum of each image's score for its class: the images' gradients do not mix. */
export function sumOfScores(scores: tf.Tensor2D, labels: readonly number[]): tf.Scalar {
  const wanted = tf.oneHot(tf.tensor1d([...labels], "int32"), scores.shape[1]);
  return tf.sum(tf.mul(scores, wanted));
}
