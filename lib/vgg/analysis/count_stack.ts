import { receptiveFieldsOf } from "./receptive_field.ts";

/** A stack of convolutions with one kernel size and as many output channels as input channels. */
export interface Stack {
  /** The side of the square kernels. */
  readonly kernelSize: number;
  /** The number of convolutions. */
  readonly layers: number;
  /** Input and output channels of each convolution. */
  readonly channels: number;
}

/** The costs of a {@linkcode Stack}. */
export interface StackCount {
  /** The side of the square of inputs that one output depends on. */
  readonly receptiveField: number;
  /** Weights without biases, as in section 2.3 of the paper. */
  readonly weights: number;
  /** ReLUs between an input and an output. */
  readonly rectifications: number;
}

/**
 * Counts a stack of equal convolutions: the paper's argument for small filters (section 2.3).
 *
 * @example
 * ```ts
 * import { countStack } from "vgg/vgg";
 *
 * countStack({ kernelSize: 3, layers: 3, channels: 1 }).weights; // 27; a 7 × 7 filter has 49
 * ```
 */
export function countStack({ kernelSize, layers, channels }: Stack): StackCount {
  const windows = Array.from({ length: layers }, () => ({ name: "", kernelSize, stride: 1 }));
  return {
    receptiveField: receptiveFieldsOf(windows).at(-1)?.size ?? 1,
    weights: layers * kernelSize ** 2 * channels ** 2,
    rectifications: layers,
  };
}
