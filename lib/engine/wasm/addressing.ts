/** The rows of a matrix at equal distances. Addresses and strides are in bytes. */
export interface StridedRows {
  readonly kind: "strided";
  readonly address: number;
  readonly stride: number;
  /** From the matrix of one filter tap to that of the next one. */
  readonly tapStride: number;
}

/** How a filter moves over images, along one axis. */
export interface Axis {
  /** The number of positions of the filter. */
  readonly positions: number;
  /** The number of pixels of an image. */
  readonly pixels: number;
  /** The number of taps of the filter. */
  readonly taps: number;
  /**
   * The pixel at a position and a tap is `(position · stride + tap · dilation + offset) / divisor`; there
   * is none if that is a fraction or outside the image.
   */
  readonly stride: number;
  readonly dilation: number;
  readonly offset: number;
  readonly divisor: number;
}

/** The rows of an im2col matrix that is never stored: for each position, the pixel under one filter tap. */
export interface WindowRows {
  readonly kind: "window";
  readonly address: number;
  readonly channels: number;
  readonly vertical: Axis;
  readonly horizontal: Axis;
}

/** Where the rows of a matrix lie in memory. */
export type Rows = StridedRows | WindowRows;

/** Consecutive rows or columns of one filter tap. */
export interface Segment {
  readonly tap: number;
  readonly start: number;
  readonly count: number;
}

/** Splits `taps` times `length` rows or columns into segments of at most `max`. */
export function segments(taps: number, length: number, max: number): Segment[] {
  const result: Segment[] = [];
  for (let tap = 0; tap < taps; tap++) {
    for (let start = 0; start < length; start += max) {
      result.push({ tap, start, count: Math.min(max, length - start) });
    }
  }
  return result;
}

/**
 * Writes the addresses of a segment's rows, each at one column.
 *
 * @param target At least as long as the segment.
 * @param zeros The address for pixels outside the image.
 */
export function locateRows(
  target: Uint32Array,
  rows: Rows,
  { tap, start, count }: Segment,
  column: number,
  zeros: number,
): void {
  if (rows.kind === "window") {
    return locateWindows(target, rows, { tap, start, count }, column, zeros);
  }
  const first = rows.address + tap * rows.tapStride + start * rows.stride + column * 4;
  for (let row = 0; row < count; row++) target[row] = first + row * rows.stride;
}

function locateWindows(
  target: Uint32Array,
  { address, channels, vertical, horizontal }: WindowRows,
  { tap, start, count }: Segment,
  column: number,
  zeros: number,
): void {
  const lines = pixelsOf(vertical, Math.floor(tap / horizontal.taps));
  const pixels = pixelsOf(horizontal, tap % horizontal.taps);
  const pixelBytes = channels * 4;
  const lineBytes = horizontal.pixels * pixelBytes;
  const imageBytes = vertical.pixels * lineBytes;
  let x = start % horizontal.positions;
  let y = Math.floor(start / horizontal.positions) % vertical.positions;
  let image = address + column * 4 +
    Math.floor(start / (horizontal.positions * vertical.positions)) * imageBytes;
  for (let row = 0; row < count; row++) {
    const [line, pixel] = [lines[y]!, pixels[x]!];
    target[row] = line < 0 || pixel < 0 ? zeros : image + line * lineBytes + pixel * pixelBytes;
    if (++x < horizontal.positions) continue;
    x = 0;
    if (++y < vertical.positions) continue;
    y = 0;
    image += imageBytes;
  }
}

/** The pixel at each position and a tap; -1 if there is none. */
function pixelsOf(axis: Axis, tap: number): Int32Array {
  const result = new Int32Array(axis.positions);
  for (let position = 0; position < axis.positions; position++) {
    const pixel = (position * axis.stride + tap * axis.dilation + axis.offset) / axis.divisor;
    result[position] = Number.isInteger(pixel) && pixel >= 0 && pixel < axis.pixels ? pixel : -1;
  }
  return result;
}
