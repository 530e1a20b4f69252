/**
 * Weights in and out: safetensors, Keras, PyTorch, ONNX, and exports.
 *
 * No code in a file is ever run. `openNet` returns a net that is ready to predict.
 *
 * @example
 * ```ts ignore
 * import { exportWeights, openDescribedWeights } from "vgg/weights";
 *
 * using weights = await openDescribedWeights("runs/cifar10");
 * await exportWeights(weights, "keras", "cifar10.h5");
 * ```
 *
 * @module
 */

export {
  openDescribedWeights,
  openNet,
  type OpenNetOptions,
  type OpenWeightsOptions,
} from "../runs/open_net.ts";
export type { Net, NetDescription } from "./net.ts";
export type { FileFacts, WeightsSource } from "./file_content.ts";
export { openWeights, type StoredWeights } from "./open_weights.ts";
export type { ImageNetOptions } from "./classes/imagenet_classes.ts";
export { type DescribedWeights, type DescribeOptions, describeWeights } from "./describe.ts";
export type { PreprocessingName } from "./preprocessing.ts";
export type { StoredArray } from "./weights_file.ts";
export { loadWeights, saveWeights } from "./weights.ts";
export {
  type PublishedName,
  type PublishedOptions,
  type PublishedWeights,
  publishedWeights,
} from "./published.ts";
export {
  type Failure,
  FetchError,
  type FetchOptions,
  type FetchProgress,
  type RemoteFile,
  type RetryOptions,
  type UncheckedFile,
} from "../files/remote/remote_file.ts";
export {
  type ExportFormat,
  type ExportFormatName,
  exportFormats,
  exportWeights,
} from "./export/export_weights.ts";
