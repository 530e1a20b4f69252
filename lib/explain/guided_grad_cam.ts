import type { tf } from "../engine/tf.ts";
import { gradCAM, type GradCAMOptions } from "./grad_cam.ts";
import type { ClassGrid } from "./grid.ts";
import { guidedBackpropagation } from "./guided_backpropagation.ts";
import { resizeGrid } from "./resize_grid.ts";

/**
 * Computes Guided Grad-CAM (Selvaraju et al. 2017, section 3.2): guided backpropagation multiplied by
 * Grad-CAM, which keeps the fine details where the network sees the class.
 *
 * @param model Built by `buildVGG`, with probabilities or logits.
 * @param images `[images, height, width, channels]`, normalized; not disposed.
 * @returns One grid per image, of the image's size and channels, with positive and negative values.
 * @throws {OptionError} If the layer has no feature maps, or a label is not a class index.
 *
 * @example
 * ```ts
 * import { buildVGG, tf } from "vgg";
 * import { guidedGradCAM } from "vgg/explain";
 *
 * const model = buildVGG({ configuration: "A", inputSize: 64, classes: 10, width: 0.1 });
 * const [grid] = await guidedGradCAM(model, tf.ones([1, 64, 64, 3]), { labels: 3 }); // 64 × 64 × 3
 * ```
 */
export async function guidedGradCAM(
  model: tf.LayersModel,
  images: tf.Tensor4D,
  options: GradCAMOptions = {},
): Promise<ClassGrid[]> {
  const heat = await gradCAM(model, images, options);
  const gradients = await guidedBackpropagation(model, images, {
    labels: heat.map(({ label }) => label),
  });
  return gradients.map((gradient, index) => multiplyGrids(gradient, heat[index]!));
}

/** Multiplies a gradient by a coarser map of one channel, which is resized to it. */
export function multiplyGrids(gradient: ClassGrid, coarse: ClassGrid): ClassGrid {
  const { width, height, channels } = gradient;
  const { values: weights } = resizeGrid(coarse, width, height);
  const values = gradient.values.map((value, at) => value * weights[Math.floor(at / channels)]!);
  return { ...gradient, values };
}
