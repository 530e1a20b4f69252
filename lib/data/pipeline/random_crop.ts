import { OptionError } from "../../errors.ts";
import { copySquare } from "../images/copy_pixels.ts";
import type { Image } from "../dataset.ts";
import type { RandomStream } from "../../random/stream.ts";
import { requirePositiveInteger } from "../../checks.ts";

/**
 * The paper's random crop: a square of `size` pixels out of the image rescaled to a shortest side
 * drawn from `shortestSide`, `[lowest, highest]`. Images must be prepared with the `shortest-side` fit
 * at the highest.
 */
export interface RandomCrop {
  readonly size: number;
  readonly shortestSide: readonly [number, number];
  /** Mirrors half of the crops. */
  readonly flip: boolean;
}

/** Which part of each image of a batch is the crop, and the size that it is to be resized to. */
export interface CropBoxes {
  readonly size: number;
  /** `[length, 4]`: top, left, bottom, right, as `tf.image.cropAndResize` takes them. */
  readonly boxes: Float32Array<ArrayBuffer>;
}

/**
 * Cuts a square out of each image at random and puts them into one buffer of squares, `size` pixels
 * a side. Where the scale is drawn as well, the squares differ in size and lie at the top left of
 * theirs; `crops` then says how to bring them to one.
 *
 * @param streamOf Each image's own random numbers, by its place.
 * @throws {RangeError} For an image whose shortest side is not the highest.
 */
export function cropImages(
  images: readonly Image[],
  crop: RandomCrop,
  streamOf: (place: number) => RandomStream,
): { size: number; pixels: Uint8Array<ArrayBuffer>; crops?: CropBoxes } {
  const [lowest, highest] = crop.shortestSide;
  // The largest region that a crop may come from, in pixels of the prepared images.
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

/** The side of the region, in pixels of the prepared image, that a random scale makes a crop of. */
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
 * The box that makes `cropAndResize`, which puts corners on corners, sample pixel areas instead: the
 * `side` pixels at the top left of `size`, brought to `crop` pixels.
 */
function boxOf(side: number, crop: number, size: number): [number, number, number, number] {
  const step = side / crop;
  const [first, last] = [(step - 1) / 2, side - (step + 1) / 2];
  const [start, end] = [first / (size - 1), last / (size - 1)];
  return [start, start, end, end];
}

/**
 * Makes sure that a crop can be.
 *
 * @throws {OptionError} Where it is larger than the images it comes from, or not of whole pixels.
 */
export function requireCrop({ size, shortestSide: [lowest, highest] }: RandomCrop): void {
  requirePositiveInteger("the crop's size", size);
  requirePositiveInteger("the lowest shortest side", lowest);
  requirePositiveInteger("the highest shortest side", highest);
  if (size <= lowest && lowest <= highest) return;
  throw new OptionError(
    `a crop must fit into the lowest shortest side, and that be the lower. ` +
      `Received: ${size} out of ${lowest} to ${highest}`,
  );
}
