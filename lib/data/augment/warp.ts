import { memory, warp as warpAtZero } from "./warp.wasm";

/** An affine map of the plane: `x' = xx·x + xy·y + x0`, `y' = yx·x + yy·y + y0`, in pixels. */
export interface AffineMap {
  readonly xx: number;
  readonly xy: number;
  readonly x0: number;
  readonly yx: number;
  readonly yy: number;
  readonly y0: number;
}

/** Coordinates are 32-bit fixed-point numbers with 16 fractional bits. */
const UNIT = 2 ** 16;
const MAXIMUM_SIZE = 2 ** 12;
/** Bytes of a page, by which WebAssembly's memory grows. */
const PAGE = 2 ** 16;

/**
 * Warps a square RGB image: each pixel of the result is interpolated bilinearly at the position that the
 * map gives; outside the image the nearest pixel is used. The result is rounded to whole numbers.
 *
 * @param image `size × size × 3` bytes.
 * @param result As many bytes, which are overwritten; it may be `image` itself.
 * @throws {RangeError} If the size is above 4096 pixels.
 *
 * @example
 * ```ts
 * import { warp } from "./warp.ts";
 *
 * const image = Uint8Array.from({ length: 12 }, (_, index) => index);
 * warp(image, image, 2, { xx: -1, xy: 0, x0: 1, yx: 0, yy: 1, y0: 0 }); // mirrored
 * ```
 */
export function warp(image: Uint8Array, result: Uint8Array, size: number, map: AffineMap): void {
  if (!(size <= MAXIMUM_SIZE)) {
    throw new RangeError(
      `the side of an image to warp must be at most 4096 pixels. Received: ${size}`,
    );
  }
  const bytes = size * size * 3;
  // The code reads up to a row and eight bytes past the image, and writes one byte past the result.
  const to = bytes + size * 3 + 8;
  const missing = to + bytes + 1 - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  const scratch = new Uint8Array(memory.buffer);
  scratch.set(image);
  const { xx, xy, x0, yx, yy, y0 } = map;
  const fixed = (value: number): number => Math.round(value * UNIT);
  warpAtZero(to, size, fixed(x0), fixed(y0), fixed(xx), fixed(yx), fixed(xy), fixed(yy));
  result.set(scratch.subarray(to, to + bytes));
}
