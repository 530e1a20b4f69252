import { tf } from "../engine/tf.ts";
import { chooseLabels, type Labels, sumOfScores } from "./choose_labels.ts";
import { type ClassGrid, readGrids } from "./grid.ts";
import { applyLayers, classScoresOf, cutNetwork } from "./layers.ts";

/** How {@linkcode gradCAM} works. */
export interface GradCAMOptions {
  /** The classes to explain. Default: the predicted ones. */
  readonly labels?: Labels;
  /** A layer with feature maps. Default: the last convolution of block 5, after its ReLU. */
  readonly layer?: string;
}

/**
 * Computes gradient-weighted class activation maps, which show where a network sees a class
 * (Selvaraju et al. 2017, "Grad-CAM", equations 1 and 2): the layer's feature maps weighted by the
 * mean gradient of the class score before the softmax, then a ReLU that drops evidence against the
 * class.
 *
 * @param model Built by `buildVGG`, with probabilities or logits.
 * @param images `[images, height, width, channels]`, normalized; not disposed.
 * @returns One grid per image, as large as the layer's maps; see {@linkcode resizeGrid}.
 * @throws {OptionError} If the layer has no feature maps, or a label is not a class index.
 *
 * @example
 * ```ts
 * import { buildVGG, tf } from "vgg";
 * import { gradCAM } from "vgg/explain";
 *
 * const model = buildVGG({ configuration: "A", inputSize: 64, classes: 10, width: 0.1 });
 * const [grid] = await gradCAM(model, tf.zeros([1, 64, 64, 3]), { labels: 3 }); // 4 × 4
 * ```
 */
export async function gradCAM(
  model: tf.LayersModel,
  images: tf.Tensor4D,
  { labels, layer }: GradCAMOptions = {},
): Promise<ClassGrid[]> {
  const { below, above } = cutNetwork(model, layer);
  const [maps, scores] = tf.tidy(() => {
    const maps = applyLayers(below, images) as tf.Tensor4D;
    return [maps, classScoresOf(above, maps)] as const;
  });
  let heat: tf.Tensor4D | undefined;
  try {
    const chosen = await chooseLabels(scores, labels);
    heat = tf.tidy(() => {
      const score = (maps: tf.Tensor): tf.Scalar => sumOfScores(classScoresOf(above, maps), chosen);
      const weights = tf.mean(tf.grad(score)(maps), [1, 2], true);
      return tf.relu(tf.sum(tf.mul(maps, weights), 3, true));
    });
    const grids = await readGrids(heat);
    return grids.map((grid, index) => ({ ...grid, label: chosen[index]! }));
  } finally {
    tf.dispose([maps, scores, ...(heat ? [heat] : [])]);
  }
}
