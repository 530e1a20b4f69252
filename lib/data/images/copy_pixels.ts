import type { Image } from "../dataset.ts";

/** The position of a square of pixels in a buffer of RGB rows, each `width` pixels wide. */
export interface Window {
  readonly data: Uint8Array;
  readonly width: number;
  readonly left: number;
  readonly top: number;
}

/** Returns the central `side × side` pixels of an image, which must be at least that large. */
export function copyMiddle({ width, height, data: from }: Image, side: number): Image {
  const data = new Uint8Array(side * side * 3);
  const [left, top] = [Math.floor((width - side) / 2), Math.floor((height - side) / 2)];
  copySquare({ data: from, width, left, top }, { data, width: side, left: 0, top: 0 }, side, false);
  return { width: side, height: side, data };
}

/** Copies a square of `side × side` pixels, mirrored left to right if `flip` is true. */
export function copySquare(from: Window, to: Window, side: number, flip: boolean): void {
  for (let row = 0; row < side; row++) {
    const start = ((from.top + row) * from.width + from.left) * 3;
    const target = ((to.top + row) * to.width + to.left) * 3;
    if (!flip) {
      to.data.set(from.data.subarray(start, start + side * 3), target);
      continue;
    }
    for (let column = 0; column < side; column++) {
      const source = start + (side - 1 - column) * 3;
      to.data[target + column * 3] = from.data[source] ?? 0;
      to.data[target + column * 3 + 1] = from.data[source + 1] ?? 0;
      to.data[target + column * 3 + 2] = from.data[source + 2] ?? 0;
    }
  }
}
