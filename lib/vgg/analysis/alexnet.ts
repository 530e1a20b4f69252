/** A layer of AlexNet that has weights. */
export interface AlexNetLayer {
  readonly name: string;
  /** Kernel height × width × input channels, or inputs of a fully connected layer. */
  readonly window: readonly [side: number, channels: number];
  /** Output height and width; 1 for a fully connected layer. */
  readonly side: number;
  readonly outputs: number;
  /** Parts that the channels are split into, each seen by its own kernels: two graphics cards. */
  readonly groups: 1 | 2;
}

/** AlexNet as its authors describe it (Krizhevsky, Sutskever & Hinton 2012, section 3.5). */
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

/** What a layer of AlexNet costs for one image. */
export interface AlexNetCount {
  readonly name: string;
  readonly parameters: number;
  readonly macs: number;
}

/**
 * Counts AlexNet's layers.
 *
 * @param grouped Whether convolutions 2, 4 and 5 see half of the channels each, as on the authors'
 *   two cards (the default); most later versions join them, the article's 62 M among them.
 *
 * @example
 * ```ts
 * import { countAlexNet } from "vgg";
 *
 * countAlexNet().reduce((sum, { parameters }) => sum + parameters, 0); // 60965224
 * ```
 */
export function countAlexNet(grouped = true): AlexNetCount[] {
  return alexNet.map(({ name, window: [side, channels], side: places, outputs, groups }) => {
    const weights = side ** 2 * channels * outputs / (grouped ? groups : 1);
    return { name, parameters: weights + outputs, macs: places ** 2 * weights };
  });
}
