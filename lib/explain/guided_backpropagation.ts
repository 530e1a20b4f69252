import { tf } from "../engine/tf.ts";
import { chooseLabels, type Labels, sumOfScores } from "./choose_labels.ts";
import { type ClassGrid, readGrids } from "./grid.ts";
import { applyGuided } from "./guided_layers.ts";
import { classScoresOf, layersOf } from "./layers.ts";

/** How {@linkcode guidedBackpropagation} explains. */
export interface GuidedOptions {
  /** Default: the classes predicted. */
  readonly labels?: Labels;
}

/**
 * Guided backpropagation (Springenberg et al. 2015, "Striving for Simplicity", section 3.4): which
 * pixels' changes raise a class's score, where every ReLU on the way back lets through only what is
 * positive. Sharp, but much the same for all classes: multiplied with Grad-CAM it tells them apart,
 * see {@linkcode guidedGradCAM}.
 *
 * @param model Of `buildVGG`, with probabilities or logits.
 * @param images `[images, height, width, channels]`, normalised; they stay.
 * @returns A grid an image, as large as the images and with their channels, of either sign.
 * @throws {OptionError} For a class that there is not.
 *
 * @example
 * ```ts
 * import { buildVGG, guidedBackpropagation, tf } from "vgg";
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
