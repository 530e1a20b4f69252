/** Rows of numbers at equal distances, as those of a matrix. Addresses and distances are bytes. */
export interface PlainRows {
  readonly kind: "plain";
  readonly address: number;
  readonly stride: number;
  /** From one tap's matrix to the next one's. */
  readonly tapStride: number;
}

/** What holds for the height and what for the width. */
export interface Axis {
  /** Positions of the grid, and pixels of the images that they look at. */
  readonly grid: number;
  readonly source: number;
  /** Taps of the filter. */
  readonly taps: number;
  /** The pixel of a position and a tap: `(position · step + tap · reach + shift) / divisor`. */
  readonly step: number;
  readonly reach: number;
  readonly shift: number;
  /** A fraction is no pixel. */
  readonly divisor: number;
}

/** The pixels that the positions of a grid look at through one tap of a filter, a row each. */
export interface WindowRows {
  readonly kind: "window";
  readonly address: number;
  readonly channels: number;
  readonly vertical: Axis;
  readonly horizontal: Axis;
}

export type Rows = PlainRows | WindowRows;

/** Some of the numbers of a tap: a depth or a side of a product, cut in pieces. */
export interface Segment {
  readonly tap: number;
  readonly start: number;
  readonly count: number;
}

/** Cuts `taps` times `length` numbers into segments of `MAX_CHECKPOINTS` at most. */
export function segments(taps: number, length: number, most: number): Segment[] {
  const pieces: Segment[] = [];
  for (let tap = 0; tap < taps; tap++) {
    for (let start = 0; start < length; start += most) {
      pieces.push({ tap, start, count: Math.min(most, length - start) });
    }
  }
  return pieces;
}

/**
 * Writes the addresses of rows, at one column.
 *
 * @param target At least as long as the segment.
 * @param segment The rows.
 * @param outside The address for pixels that no image has.
 */
export function locate(
  target: Uint32Array,
  rows: Rows,
  { tap, start, count }: Segment,
  column: number,
  outside: number,
): void {
  if (rows.kind === "window") {
    return locateWindow(target, rows, { tap, start, count }, column, outside);
  }
  const first = rows.address + tap * rows.tapStride + start * rows.stride + column * 4;
  for (let row = 0; row < count; row++) target[row] = first + row * rows.stride;
}

function locateWindow(
  target: Uint32Array,
  { address, channels, vertical, horizontal }: WindowRows,
  { tap, start, count }: Segment,
  column: number,
  outside: number,
): void {
  const down = pixels(vertical, Math.floor(tap / horizontal.taps));
  const along = pixels(horizontal, tap % horizontal.taps);
  const pixelBytes = channels * 4;
  const lineBytes = horizontal.source * pixelBytes;
  const imageBytes = vertical.source * lineBytes;
  let x = start % horizontal.grid;
  let y = Math.floor(start / horizontal.grid) % vertical.grid;
  let image = address + column * 4 +
    Math.floor(start / (horizontal.grid * vertical.grid)) * imageBytes;
  for (let row = 0; row < count; row++) {
    const [line, pixel] = [down[y]!, along[x]!];
    target[row] = line < 0 || pixel < 0 ? outside : image + line * lineBytes + pixel * pixelBytes;
    if (++x < horizontal.grid) continue;
    x = 0;
    if (++y < vertical.grid) continue;
    y = 0;
    image += imageBytes;
  }
}

/** The pixel that each position sees through a tap; -1 where there is none. */
function pixels(axis: Axis, tap: number): Int32Array {
  const found = new Int32Array(axis.grid);
  for (let position = 0; position < axis.grid; position++) {
    const pixel = (position * axis.step + tap * axis.reach + axis.shift) / axis.divisor;
    found[position] = Number.isInteger(pixel) && pixel >= 0 && pixel < axis.source ? pixel : -1;
  }
  return found;
}
