import type { RandomCrop } from "../pipeline/batches.ts";
import type { Resize } from "../dataset.ts";

/** No change: for validation, and for training on images as they are. */
export interface NoAugmentation {
  readonly kind: "none";
}

/** Half of the images are mirrored left to right. */
export interface Flip {
  readonly kind: "flip";
}

/** Moves of up to `pixels` whole pixels along both axes, as usual for CIFAR-10. */
export interface Translate {
  readonly kind: "translate";
  readonly pixels: number;
  /** What comes in at the edges: the image mirrored at its outermost pixels, or black. */
  readonly fill: "reflect" | "zero";
  readonly flip: boolean;
}

/** The article's: Keras's `ImageDataGenerator`, all ranges symmetric and drawn uniformly. */
export interface Affine {
  readonly kind: "affine";
  /** Degrees. */
  readonly rotation: number;
  /** Fractions of the image's side. */
  readonly widthShift: number;
  readonly heightShift: number;
  /**
   * Degrees. Keras once read radians here; the article's 0.1 most likely meant a tenth of a radian or
   * of the side, and bends an image of 224 pixels by no more than 0.4.
   */
  readonly shear: number;
  /** Scales each axis by a factor between `1 - zoom` and `1 + zoom`. */
  readonly zoom: number;
  readonly flip: boolean;
}

/** The paper's: a random crop of the image rescaled to a shortest side, mirrored, recoloured. */
export interface Paper {
  readonly kind: "paper";
  /** The crop's side in pixels. */
  readonly crop: number;
  /** The lowest and the highest shortest side; equal for the paper's fixed scale. */
  readonly shortestSide: readonly [number, number];
  readonly flip: boolean;
  /** Standard deviation of the colour shift along each principal axis; the paper has 0.1. */
  readonly colourShift: number;
}

/** How training images are varied, as data. */
export type Augmentation = NoAugmentation | Flip | Translate | Affine | Paper;

/** The article's augmentation; it does not mirror. */
export const articleAugmentation: Affine = {
  kind: "affine",
  rotation: 10,
  widthShift: 0.1,
  heightShift: 0.1,
  shear: 0.1,
  zoom: 0.1,
  flip: false,
};

/**
 * How images must be prepared for an augmentation: as asked for, but whole and at the highest
 * shortest side for the paper's crops.
 */
export function resizeFor(augmentation: Augmentation, fit: Resize): Resize {
  if (augmentation.kind !== "paper") return fit;
  return { mode: "shortest-side", size: augmentation.shortestSide[1] };
}

/** The crop that an augmentation wants of `batches`; `undefined` where it wants images whole. */
export function cropFor(augmentation: Augmentation): RandomCrop | undefined {
  if (augmentation.kind !== "paper") return undefined;
  const { crop, shortestSide, flip } = augmentation;
  return { size: crop, shortestSide, flip };
}
