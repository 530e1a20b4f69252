import type { Grid } from "./grid.ts";

/**
 * Stretches a grid to another size, linearly between the centres of its cells, as images are
 * resized; beyond the outermost centres it stays as it is there.
 *
 * @example
 * ```ts
 * import { resizeGrid } from "vgg";
 *
 * const grid = { width: 2, height: 1, channels: 1, values: Float32Array.of(0, 4) };
 * resizeGrid(grid, 4, 1).values; // 0, 1, 3, 4
 * ```
 */
export function resizeGrid(grid: Grid, width: number, height: number): Grid {
  const { channels, values } = grid;
  const columns = steps(grid.width, width), rows = steps(grid.height, height);
  const resized = new Float32Array(width * height * channels);
  const at = (row: number, column: number, channel: number): number =>
    values[(row * grid.width + column) * channels + channel]!;
  let next = 0;
  for (const [top, bottom, down] of rows) {
    for (const [left, right, along] of columns) {
      for (let channel = 0; channel < channels; channel++) {
        const above = blend(at(top, left, channel), at(top, right, channel), along);
        const below = blend(at(bottom, left, channel), at(bottom, right, channel), along);
        resized[next++] = blend(above, below, down);
      }
    }
  }
  return { width, height, channels, values: resized };
}

type Step = readonly [before: number, after: number, part: number];

/** The two cells between whose centres each new one's centre lies, and how far along. */
function steps(from: number, to: number): Step[] {
  return Array.from({ length: to }, (_, index) => {
    const place = Math.max(0, (index + 0.5) * from / to - 0.5);
    const before = Math.min(from - 1, Math.floor(place));
    return [before, Math.min(from - 1, before + 1), place - before] as const;
  });
}

function blend(from: number, to: number, part: number): number {
  return from + (to - from) * part;
}
