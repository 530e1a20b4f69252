import { type RandomStream, randomStream } from "../../random/stream.ts";
import type { Batch } from "../pipeline/batches.ts";
import type { Affine } from "./augmentation.ts";
import type { Augmenter } from "./augmenter.ts";
import { type AffineMap, warp } from "./warp.ts";

/** The distortion of one image. */
export interface Distortion {
  /** In degrees. */
  readonly rotation: number;
  /** In pixels, along the row and down the column. */
  readonly shiftX: number;
  readonly shiftY: number;
  /** In degrees. */
  readonly shear: number;
  /** Pixels of the original per pixel of the result, along each axis. */
  readonly zoomX: number;
  readonly zoomY: number;
  readonly flip: boolean;
}

/**
 * The article's augmentation with Keras's `ImageDataGenerator`: one random affine map per image, with
 * bilinear interpolation, and the nearest pixel outside the image. It works on bytes in WebAssembly,
 * which on a processor is far faster than TensorFlow's own operation, and gives the same images on every
 * engine.
 */
export function affineAugmenter(ranges: Affine): Augmenter {
  return {
    sample: ({ length, size, pixels: original, indices }: Batch, seed, into) => {
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

/** Draws the distortion of one image, as `ImageDataGenerator.get_random_transform` does. */
export function drawDistortion(ranges: Affine, size: number, random: RandomStream): Distortion {
  const symmetric = (range: number): number => random.uniform(-range, range);
  return {
    rotation: symmetric(ranges.rotation),
    shiftX: symmetric(ranges.widthShift) * size,
    shiftY: symmetric(ranges.heightShift) * size,
    shear: symmetric(ranges.shear),
    zoomX: 1 + symmetric(ranges.zoom),
    zoomY: 1 + symmetric(ranges.zoom),
    flip: ranges.flip && random.uniform(0, 1) < 0.5,
  };
}

/**
 * Returns the map from a pixel of the result to its position in the original: rotation · shift · shear ·
 * zoom about the image's center, composed as in Keras's `apply_affine_transform`, after mirroring the
 * result.
 *
 * @param size The side of the square image in pixels.
 */
export function affineMap(distortion: Distortion, size: number): AffineMap {
  const { shiftX, shiftY, zoomX, zoomY, flip } = distortion;
  const rotation = distortion.rotation * Math.PI / 180;
  const shear = distortion.shear * Math.PI / 180;
  const [sine, cosine] = [Math.sin(rotation), Math.cos(rotation)];
  // The shift is multiplied by the rotation only, since it comes before shear and zoom.
  const xx = cosine * zoomX;
  const xy = -(cosine * Math.sin(shear) + sine * Math.cos(shear)) * zoomY;
  const yx = sine * zoomX;
  const yy = (cosine * Math.cos(shear) - sine * Math.sin(shear)) * zoomY;
  const center = (size - 1) / 2;
  const x0 = cosine * shiftX - sine * shiftY + center - (xx + xy) * center;
  const y0 = sine * shiftX + cosine * shiftY + center - (yx + yy) * center;
  if (!flip) return { xx, xy, x0, yx, yy, y0 };
  // Mirroring replaces x by size - 1 - x.
  return { xx: -xx, xy, x0: x0 + xx * (size - 1), yx: -yx, yy, y0: y0 + yx * (size - 1) };
}
