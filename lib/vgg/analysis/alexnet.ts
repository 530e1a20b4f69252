/** A layer of AlexNet with weights. */
export interface AlexNetLayer {
  /** `conv1` to `conv5` and `fc6` to `fc8`. */
  readonly name: string;
  /** The side and the input channels of a kernel; of a fully connected layer those of the map it reads. */
  readonly window: readonly [side: number, channels: number];
  /** Output height and width; 1 for a fully connected layer. */
  readonly side: number;
  /** Output channels or units. */
  readonly outputs: number;
  /** Groups of the convolution; 2 where the authors divided the channels between two graphics cards. */
  readonly groups: 1 | 2;
}

/** AlexNet's layers (Krizhevsky, Sutskever & Hinton 2012, section 3.5). */
export const alexNet: readonly AlexNetLayer[] = [
  { name: "conv1", window: [11, 3], side: 55, outputs: 96, groups: 1 },
  { name: "conv2", window: [5, 96], side: 27, outputs: 256, groups: 2 },
  { name: "conv3", window: [3, 256], side: 13, outputs: 384, groups: 1 },
  { name: "conv4", window: [3, 384], side: 13, outputs: 384, groups: 2 },
  { name: "conv5", window: [3, 384], side: 13, outputs: 256, groups: 2 },
  { name: "fc6", window: [6, 256], side: 1, outputs: 4096, groups: 1 },
  { name: "fc7", window: [1, 4096], side: 1, outputs: 4096, groups: 1 },
  { name: "fc8", window: [1, 4096], side: 1, outputs: 1000, groups: 1 },
];

/** The costs of a layer of AlexNet for one image. */
export interface AlexNetCount {
  /** `conv1` to `conv5` and `fc6` to `fc8`. */
  readonly name: string;
  /** Weights and biases. */
  readonly parameters: number;
  /** Multiply-adds. */
  readonly macs: number;
}

/**
 * Counts the parameters and multiply-adds of AlexNet's layers.
 *
 * @param grouped Whether each kernel of convolutions 2, 4 and 5 reads half of the channels, as on the
 *   authors' two cards (the default). Most later versions, and the article's 62 M, have no groups.
 *
 * @example
 * ```ts
 * import { countAlexNet } from "vgg/vgg";
 *
 * countAlexNet().reduce((sum, { parameters }) => sum + parameters, 0); // 60965224
 * ```
 */
export function countAlexNet(grouped = true): AlexNetCount[] {
  return alexNet.map(({ name, window: [kernelSize, channels], side, outputs, groups }) => {
    const weights = kernelSize ** 2 * channels * outputs / (grouped ? groups : 1);
    return { name, parameters: weights + outputs, macs: side ** 2 * weights };
  });
}
