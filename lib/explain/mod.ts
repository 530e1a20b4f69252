/**
 * Explanations: Grad-CAM, guided backpropagation, occlusion, filters, feature maps.
 *
 * Each computes grids of values over the input images; `vgg/figures` draws them.
 *
 * @example
 * ```ts ignore
 * import { explainImages } from "vgg/explain";
 * import { decodeImage } from "vgg/data";
 * import { openNet } from "vgg/weights";
 *
 * const net = await openNet("runs/mine");
 * const image = await decodeImage("bison.jpg", net.fit);
 * const [explained] = await explainImages(net, [image]);
 * explained?.grids.get("grad-cam");
 * ```
 *
 * @module
 */

export {
  type ExplainedImage,
  explainImages,
  type ExplainOptions,
  type ExplanationKind,
  explanationKinds,
} from "./explain_images.ts";
export type { Labels } from "./choose_labels.ts";
export type { ClassGrid, Grid } from "./grid.ts";
export { gradCAM, type GradCAMOptions } from "./grad_cam.ts";
export { gridSimilarity } from "./grid_similarity.ts";
export { guidedBackpropagation, type GuidedOptions } from "./guided_backpropagation.ts";
export { guidedGradCAM } from "./guided_grad_cam.ts";
export { networkInput } from "./network_input.ts";
export { occlusion, type OcclusionOptions } from "./occlusion.ts";
export { featureMaps } from "./feature_maps.ts";
export { firstFilters } from "./grid.ts";
export { resizeGrid } from "./resize_grid.ts";
export {
  type ChannelPatches,
  type Patch,
  type PatchOptions,
  strongestPatches,
} from "./strongest_patches.ts";
export { type CostlyPrediction, topLosses } from "./top_losses.ts";
