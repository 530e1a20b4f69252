import type { Grid } from "./grid.ts";

/**
 * Resizes a grid by bilinear interpolation between the centers of its cells, as images are resized.
 * Beyond the outermost centers the values stay constant.
 *
 * @example
 * ```ts
 * import { resizeGrid } from "vgg/explain";
 *
 * const grid = { width: 2, height: 1, channels: 1, values: Float32Array.of(0, 4) };
 * resizeGrid(grid, 4, 1).values; // 0, 1, 3, 4
 * ```
 */
export function resizeGrid(grid: Grid, width: number, height: number): Grid {
  const { channels, values } = grid;
  const columns = interpolations(grid.width, width), rows = interpolations(grid.height, height);
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

type Interpolation = readonly [before: number, after: number, fraction: number];

/** For each new cell: the two old cells around its center, and its fraction of the way between them. */
function interpolations(from: number, to: number): Interpolation[] {
  return Array.from({ length: to }, (_, index) => {
    const position = Math.max(0, (index + 0.5) * from / to - 0.5);
    const before = Math.min(from - 1, Math.floor(position));
    return [before, Math.min(from - 1, before + 1), position - before] as const;
  });
}

function blend(from: number, to: number, fraction: number): number {
  return from + (to - from) * fraction;
}
