import type { Resize } from "../dataset.ts";
import type { RandomCrop } from "../pipeline/batches.ts";

/** Changes nothing: for validation, and for training on the original images. */
export interface NoAugmentation {
  /** Selects this augmentation. */
  readonly kind: "none";
}

/** Mirrors each image left to right with probability 1/2. */
export interface Flip {
  /** Selects this augmentation. */
  readonly kind: "flip";
}

/** Shifts by up to `pixels` whole pixels along both axes, as is usual for CIFAR-10. */
export interface Translate {
  /** Selects this augmentation. */
  readonly kind: "translate";
  /** The largest shift, a whole number of at least 0. */
  readonly pixels: number;
  /** What fills the edges: the image mirrored at its outermost pixels, or black. */
  readonly fill: "reflect" | "zero";
  /**
   * Whether images are also mirrored: each with probability 1/2, or `"alternate"`: half of them in the first
   * pass over the split, the others in the next, and so on (Jordan 2024).
   */
  readonly flip: boolean | "alternate";
}

/** The article's augmentation: Keras's `ImageDataGenerator`, with symmetric ranges drawn uniformly. */
export interface Affine {
  /** Selects this augmentation. */
  readonly kind: "affine";
  /** The largest rotation to either side, in degrees. */
  readonly rotation: number;
  /** The largest horizontal shift, as a fraction of the image's width. */
  readonly widthShift: number;
  /** In fractions of the image's side. */
  readonly heightShift: number;
  /**
   * In degrees. Old versions of Keras read radians here; the article's 0.1 probably meant a tenth of a
   * radian or of the side, but in degrees it shifts an image of 224 pixels by no more than 0.4 pixels.
   */
  readonly shear: number;
  /** Each axis is scaled by a factor between `1 - zoom` and `1 + zoom`. */
  readonly zoom: number;
  /** Whether images are also mirrored, each with probability 1/2. */
  readonly flip: boolean;
}

/** The paper's augmentation (section 3.1): a random crop of the rescaled image, mirrored, with shifted colors. */
export interface Paper {
  /** Selects this augmentation. */
  readonly kind: "paper";
  /** The crop's side in pixels. */
  readonly crop: number;
  /** The lowest and the highest shortest side of the rescaled image; equal for the paper's fixed scale. */
  readonly shortestSide: readonly [number, number];
  /** Whether images are also mirrored, each with probability 1/2. */
  readonly flip: boolean;
  /** Standard deviation of the color shift along each principal axis; 0.1 in the paper. */
  readonly colorShift: number;
}

/** The settings of an augmentation of training images. */
export type Augmentation = NoAugmentation | Flip | Translate | Affine | Paper;

/** The article's augmentation, which does not mirror images. */
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
 * Returns how images must be resized before an augmentation: by `resize`, except that the paper's needs
 * uncropped images at its highest shortest side.
 */
export function resizeFor(augmentation: Augmentation, resize: Resize): Resize {
  if (augmentation.kind !== "paper") return resize;
  return { mode: "shortest-side", size: augmentation.shortestSide[1] };
}

/** Returns the random crop that `batches` must make for an augmentation, or `undefined` for none. */
export function cropFor(augmentation: Augmentation): RandomCrop | undefined {
  if (augmentation.kind !== "paper") return undefined;
  const { crop, shortestSide, flip } = augmentation;
  return { size: crop, shortestSide, flip };
}
