import { OptionError } from "../errors.ts";
import type { Grid } from "./grid.ts";

/**
 * Compares two explanations: Spearman's rank correlation of their magnitudes (Adebayo et al. 2018, "Sanity Checks
 * for Saliency Maps", section 4). An explanation that hardly changes when the network's weights become random does
 * not explain what the network learned.
 *
 * @returns From -1 to 1; 1 for the same order of places, about 0 for unrelated ones, and 0 if one of the grids has
 *   the same magnitude everywhere.
 * @throws {OptionError} If the grids differ in size.
 *
 * @example
 * ```ts
 * import { gridSimilarity } from "vgg/explain";
 *
 * const grid = (...values: number[]) => {
 *   return { width: 3, height: 1, channels: 1, values: Float32Array.from(values) };
 * };
 * gridSimilarity(grid(1, 2, 3), grid(-10, 20, 90)); // 1
 * ```
 */
export function gridSimilarity(one: Grid, other: Grid): number {
  if (one.values.length !== other.values.length) {
    const [first, second] = [one, other].map(({ width, height, channels }) =>
      `${width} × ${height} × ${channels}`
    );
    throw new OptionError(`grids must have the same size. Received: ${first} and ${second}`);
  }
  return correlation(ranks(one.values.map(Math.abs)), ranks(other.values.map(Math.abs)));
}

/** The place of each value in their order; equal values share the mean of their places. */
function ranks(values: Float32Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const ranked = new Float64Array(values.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let at = start; at < end; at++) ranked[order[at]!] = (start + end - 1) / 2;
  }
  return ranked;
}

function correlation(one: Float64Array, other: Float64Array): number {
  // Ranks have the same mean on both sides.
  const mean = (one.length - 1) / 2;
  let [product, first, second] = [0, 0, 0];
  for (let at = 0; at < one.length; at++) {
    const [a, b] = [one[at]! - mean, other[at]! - mean];
    product += a * b;
    first += a * a;
    second += b * b;
  }
  return first === 0 || second === 0 ? 0 : product / Math.sqrt(first * second);
}
