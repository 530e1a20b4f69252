import type { Normalization } from "../data/augment/normalize.ts";
import type { ClassLabel, Resize } from "../data/dataset.ts";
import type { VGGOptions } from "../vgg/options.ts";
import type { WeightPrecision } from "./precision.ts";

/** An array of the weights that a page holds, one after the other. */
export interface StoredWeight {
  /** Layer and weight: `block1_conv1/kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
}

/** The data of the net for the program in the page. */
export interface DemoData {
  /** Without batch normalization, which is part of the convolutions' weights. */
  readonly network: VGGOptions & { readonly inputSize: number };
  readonly classes: readonly ClassLabel[];
  readonly fit: Resize;
  readonly normalization: Normalization;
  /** Whether predictions are averaged with those of the mirrored image. */
  readonly flip: boolean;
  readonly precision: WeightPrecision;
  readonly weights: readonly StoredWeight[];
  /** The number of files with the weights beside the page; 0 if they are in it. */
  readonly parts: number;
}

/** The path of a file with weights, beside the page. */
export function partPath(index: number): string {
  return `weights/${index + 1}.js`;
}

/** The name of the function that these files call with their index and their bytes in base 64. */
export const partFunction = "receiveWeights";
