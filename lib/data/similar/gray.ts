import type { Image } from "../dataset.ts";

/** The side of the gray pictures that are compared, in pixels. */
export const graySide = 32;

/** The number of values of a gray picture. */
export const grayLength: number = graySide * graySide;

/** Returns the luma (ITU-R BT.601) of each pixel of an image of {@linkcode graySide} pixels a side. */
export function toGray({ width, height, data }: Image): Uint8Array<ArrayBuffer> {
  if (width !== graySide || height !== graySide) {
    throw new RangeError(
      `an image must have ${graySide} px a side. Received: ${width} × ${height}`,
    );
  }
  return Uint8Array.from(
    { length: grayLength },
    (_, at) =>
      Math.round(0.299 * data[3 * at]! + 0.587 * data[3 * at + 1]! + 0.114 * data[3 * at + 2]!),
  );
}

/** The mean and the standard deviation of values. */
export function meanAndDeviation(values: ArrayLike<number>): { mean: number; deviation: number } {
  let [sum, squares] = [0, 0];
  for (let at = 0; at < values.length; at++) {
    sum += values[at]!;
    squares += values[at]! ** 2;
  }
  const mean = sum / values.length;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / values.length - mean ** 2)) };
}
