import "../../engine/cpu/transform.ts";
import { tf } from "../../engine/tf.ts";
import type { Batch } from "../batches.ts";
import { type RandomStream, randomStream } from "../random.ts";
import type { Affine } from "./augmentation.ts";
import type { Augmenter } from "./augmenter.ts";

/** One picture's distortion. */
export interface Distortion {
  /** Degrees. */
  readonly rotation: number;
  /** Pixels, along the row and down the column. */
  readonly shiftX: number;
  readonly shiftY: number;
  /** Degrees. */
  readonly shear: number;
  /** How many pixels of the original one step along each axis passes over. */
  readonly zoomX: number;
  readonly zoomY: number;
  readonly flip: boolean;
}

/**
 * Keras's `ImageDataGenerator` as the article uses it: one random affine map a picture, bilinear, with
 * the nearest pixel where it leads outside. All pictures of a batch are one operation on the engine.
 */
export function affineAugmenter(ranges: Affine): Augmenter {
  return {
    draw: ({ length, size, pixels }: Batch, seed) => {
      const random = randomStream("affine", seed);
      const values = new Float32Array(length * 8);
      for (let position = 0; position < length; position++) {
        values.set(affineMatrix(drawDistortion(ranges, size, random), size), position * 8);
      }
      return { length, size, pixels, parameters: [{ shape: [length, 8], values }] };
    },
    apply: (images, [matrices]) => {
      if (!matrices) throw new Error("the affine augmentation takes a matrix a picture");
      return tf.image.transform(images, matrices.as2D(images.shape[0], 8), "bilinear", "nearest");
    },
  };
}

/** Draws one picture's distortion, as `ImageDataGenerator.get_random_transform` does. */
export function drawDistortion(ranges: Affine, size: number, random: RandomStream): Distortion {
  const within = (range: number): number => random.uniform(-range, range);
  return {
    rotation: within(ranges.rotation),
    shiftX: within(ranges.widthShift) * size,
    shiftY: within(ranges.heightShift) * size,
    shear: within(ranges.shear),
    zoomX: 1 + within(ranges.zoom),
    zoomY: 1 + within(ranges.zoom),
    flip: ranges.flip && random.uniform(0, 1) < 0.5,
  };
}

/**
 * The map from a pixel of the result to the place in the original it is taken from, as the eight
 * numbers of `tf.image.transform`: rotation · shift · shear · zoom about the picture's centre, the
 * composition of Keras's `apply_affine_transform`, after a mirroring of the result.
 *
 * @param size The side of the square picture in pixels.
 */
export function affineMatrix(distortion: Distortion, size: number): number[] {
  const { shiftX, shiftY, zoomX, zoomY, flip } = distortion;
  const rotation = distortion.rotation * Math.PI / 180;
  const shear = distortion.shear * Math.PI / 180;
  const [sine, cosine] = [Math.sin(rotation), Math.cos(rotation)];
  // rotation · shear · zoom; the shift stands left of shear and zoom, so that only rotation turns it.
  const xx = cosine * zoomX;
  const xy = -(cosine * Math.sin(shear) + sine * Math.cos(shear)) * zoomY;
  const yx = sine * zoomX;
  const yy = (cosine * Math.cos(shear) - sine * Math.sin(shear)) * zoomY;
  const centre = (size - 1) / 2;
  const x0 = cosine * shiftX - sine * shiftY + centre - (xx + xy) * centre;
  const y0 = sine * shiftX + cosine * shiftY + centre - (yx + yy) * centre;
  // Mirroring puts size - 1 - x in the place of x.
  const mirrored = size - 1;
  return flip
    ? [-xx, xy, x0 + xx * mirrored, -yx, yy, y0 + yx * mirrored, 0, 0]
    : [xx, xy, x0, yx, yy, y0, 0, 0];
}
