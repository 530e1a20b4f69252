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

/** Places are numbers of 32 bits, 16 of them behind the point. */
const UNIT = 2 ** 16;
const MAXIMUM_SIZE = 2 ** 12;
/** WebAssembly's memory grows by pages of so many bytes. */
const PAGE = 2 ** 16;

/**
 * Warps a square RGB image: each pixel of the result is taken from where the map says, bilinearly
 * between the four pixels around, and from the nearest pixel where that is outside. The result is
 * rounded to whole numbers.
 *
 * @param image `size × size × 3` bytes.
 * @param result As many bytes, which are overwritten; `image` itself is allowed.
 * @throws {RangeError} For a size above 4096 pixels.
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
      `an image to warp must have 4096 pixels a side at most. Received: ${size}`,
    );
  }
  const bytes = size * size * 3;
  // Reading goes a row and eight bytes beyond the image, writing one byte beyond the result.
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
