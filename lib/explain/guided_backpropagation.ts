import { tf } from "../engine/tf.ts";
import { chooseLabels, type Labels, sumOfScores } from "./choose_labels.ts";
import { type ClassGrid, readGrids } from "./grid.ts";
import { applyGuided } from "./guided_layers.ts";
import { classScoresOf, layersOf } from "./layers.ts";

/** How {@linkcode guidedBackpropagation} works. */
export interface GuidedOptions {
  /** The classes to explain. Default: the predicted ones. */
  readonly labels?: Labels;
}

/**
 * Computes guided backpropagation: the gradient of a class score with respect to the pixels, where
 * the backward pass of every ReLU passes only positive gradients (Springenberg et al. 2015, "Striving
 * for Simplicity", section 3.4). It is sharp but much the same for all classes; multiplied by Grad-CAM
 * it distinguishes them, see {@linkcode guidedGradCAM}.
 *
 * @param model Built by `buildVGG`, with probabilities or logits.
 * @param images `[images, height, width, channels]`, normalized; not disposed.
 * @returns One grid per image, of the image's size and channels, with positive and negative values.
 * @throws {OptionError} If a label is not a class index.
 *
 * @example
 * ```ts
 * import { buildVGG, tf } from "vgg";
 * import { guidedBackpropagation } from "vgg/explain";
 *
 * const model = buildVGG({ configuration: "A", inputSize: 32, classes: 10, width: 0.1 });
 * const [grid] = await guidedBackpropagation(model, tf.ones([1, 32, 32, 3])); // 32 × 32 × 3
 * ```
 */
export async function guidedBackpropagation(
  model: tf.LayersModel,
  images: tf.Tensor4D,
  { labels }: GuidedOptions = {},
): Promise<ClassGrid[]> {
  const layers = layersOf(model);
  const scoresOf = (images: tf.Tensor): tf.Tensor2D => classScoresOf(layers, images, applyGuided);
  const scores = tf.tidy(() => scoresOf(images));
  const chosen = await chooseLabels(scores, labels).finally(() => scores.dispose());
  const gradient = tf.tidy(() =>
    tf.grad((images) => sumOfScores(scoresOf(images), chosen))(images) as tf.Tensor4D
  );
  const grids = await readGrids(gradient).finally(() => gradient.dispose());
  return grids.map((grid, index) => ({ ...grid, label: chosen[index]! }));
}
