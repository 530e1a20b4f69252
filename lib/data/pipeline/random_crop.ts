import { OptionError, requirePositiveInteger } from "../../errors.ts";
import type { RandomStream } from "../../random/stream.ts";
import type { Image } from "../dataset.ts";
import { copySquare } from "../images/copy_pixels.ts";

/**
 * The paper's random crop (section 3.1): a square of `size` pixels from the image rescaled to a random
 * shortest side within `shortestSide`, `[lowest, highest]`. Images must be prepared with resize mode
 * `shortest-side` at the highest.
 */
export interface RandomCrop {
  /** The side of the crop in pixels. */
  readonly size: number;
  /** The lowest and the highest shortest side, in pixels. */
  readonly shortestSide: readonly [number, number];
  /** Mirrors each crop with probability 1/2. */
  readonly flip: boolean;
}

/** The boxes of a batch's crops, and the size to which the engine resizes them. */
export interface CropBoxes {
  /** The side of the crop in pixels. */
  readonly size: number;
  /** `[length, 4]`: top, left, bottom, right, as in `tf.image.cropAndResize`. */
  readonly boxes: Float32Array<ArrayBuffer>;
}

/**
 * Crops a random square from each image into one buffer of squares of `size` pixels. If the scale is
 * random too, the crops differ in size; each then fills the top left of its square, and `crops` has the
 * boxes by which the engine resizes them to one size.
 *
 * @param streamOf Returns the random numbers of the image at a position.
 * @throws {RangeError} If the shortest side of an image is not the highest.
 */
export function cropImages(
  images: readonly Image[],
  crop: RandomCrop,
  streamOf: (position: number) => RandomStream,
): { size: number; pixels: Uint8Array<ArrayBuffer>; crops?: CropBoxes } {
  const [lowest, highest] = crop.shortestSide;
  // The side of the largest region that becomes a crop, in pixels of the prepared images.
  const size = Math.round(crop.size * highest / lowest);
  const pixels = new Uint8Array(images.length * size * size * 3);
  const boxes = new Float32Array(images.length * 4);
  images.forEach((image, position) => {
    const random = streamOf(position);
    const side = drawSide(image, crop, random);
    const from = {
      ...image,
      left: random.integer(0, image.width - side),
      top: random.integer(0, image.height - side),
    };
    const to = { data: pixels, width: size, left: 0, top: position * size };
    copySquare(from, to, side, crop.flip && random.uniform(0, 1) < 0.5);
    boxes.set(boxOf(side, crop.size, size), position * 4);
  });
  return size === crop.size
    ? { size, pixels }
    : { size, pixels, crops: { size: crop.size, boxes } };
}

/** Draws a scale and returns the side of the region that becomes a crop, in pixels of the prepared image. */
function drawSide(image: Image, crop: RandomCrop, random: RandomStream): number {
  const [lowest, highest] = crop.shortestSide;
  const shortest = Math.min(image.width, image.height);
  if (shortest !== highest) {
    throw new RangeError(
      `images to crop must have the shortest side ${highest}. Received: ${shortest}`,
    );
  }
  if (lowest === highest) return crop.size;
  return Math.round(crop.size * highest / random.integer(lowest, highest));
}

/**
 * The box of the `side × side` pixels at the top left of `size × size`, for resizing to `crop × crop`.
 * `cropAndResize` aligns the centers of the corner pixels; this box is shrunk so that it samples pixel
 * areas instead.
 */
function boxOf(side: number, crop: number, size: number): [number, number, number, number] {
  const step = side / crop;
  const [first, last] = [(step - 1) / 2, side - (step + 1) / 2];
  const [start, end] = [first / (size - 1), last / (size - 1)];
  return [start, start, end, end];
}

/**
 * Checks a crop's sizes.
 *
 * @throws {OptionError} If they are not whole numbers above 0, or the crop is larger than the images.
 */
export function requireCrop({ size, shortestSide: [lowest, highest] }: RandomCrop): void {
  requirePositiveInteger("the crop's size", size);
  requirePositiveInteger("the lowest shortest side", lowest);
  requirePositiveInteger("the highest shortest side", highest);
  if (size <= lowest && lowest <= highest) return;
  throw new OptionError(
    `a crop must fit into the lowest shortest side, and that must not exceed the highest. ` +
      `Received: ${size} out of ${lowest} to ${highest}`,
  );
}
