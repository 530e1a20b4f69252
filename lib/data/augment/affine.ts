import type { Batch } from "../pipeline/batches.ts";
import { type RandomStream, randomStream } from "../../random/stream.ts";
import type { Affine } from "./augmentation.ts";
import type { Augmenter } from "./augmenter.ts";
import { type AffineMap, warp } from "./warp.ts";

/** One image's distortion. */
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
 * Keras's `ImageDataGenerator` as the article uses it: one random affine map an image, bilinear, with
 * the nearest pixel where it leads outside. It works on bytes on the processor, which there is far
 * faster than TensorFlow's own operation for it, and gives the same images on every engine.
 */
export function affineAugmenter(ranges: Affine): Augmenter {
  return {
    draw: ({ length, size, pixels: original, indices }: Batch, seed, into) => {
      const pixels = into ?? new Uint8Array(original.length);
      const bytes = size * size * 3;
      for (let position = 0; position < length; position++) {
        const random = randomStream("affine", seed, indices[position]!);
        const [start, end] = [position * bytes, (position + 1) * bytes];
        const map = affineMap(drawDistortion(ranges, size, random), size);
        warp(original.subarray(start, end), pixels.subarray(start, end), size, map);
      }
      return { length, size, pixels, parameters: [] };
    },
  };
}

/** Draws one image's distortion, as `ImageDataGenerator.get_random_transform` does. */
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
 * The map from a pixel of the result to the place in the original it is taken from: rotation · shift ·
 * shear · zoom about the image's centre, the composition of Keras's `apply_affine_transform`, after
 * a mirroring of the result.
 *
 * @param size The side of the square image in pixels.
 */
export function affineMap(distortion: Distortion, size: number): AffineMap {
  const { shiftX, shiftY, zoomX, zoomY, flip } = distortion;
  const rotation = distortion.rotation * Math.PI / 180;
  const shear = distortion.shear * Math.PI / 180;
  const [sine, cosine] = [Math.sin(rotation), Math.cos(rotation)];
  // The shift stands left of shear and zoom, so that only rotation turns it.
  const xx = cosine * zoomX;
  const xy = -(cosine * Math.sin(shear) + sine * Math.cos(shear)) * zoomY;
  const yx = sine * zoomX;
  const yy = (cosine * Math.cos(shear) - sine * Math.sin(shear)) * zoomY;
  const centre = (size - 1) / 2;
  const x0 = cosine * shiftX - sine * shiftY + centre - (xx + xy) * centre;
  const y0 = sine * shiftX + cosine * shiftY + centre - (yx + yy) * centre;
  if (!flip) return { xx, xy, x0, yx, yy, y0 };
  // Mirroring puts size - 1 - x in the place of x.
  return { xx: -xx, xy, x0: x0 + xx * (size - 1), yx: -yx, yy, y0: y0 + yx * (size - 1) };
}
