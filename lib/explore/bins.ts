import type { Histogram } from "./facts.ts";

/** The edges of `count` bins of the same width. */
export function evenEdges(from: number, to: number, count: number): number[] {
  return Array.from({ length: count + 1 }, (_, at) => from + (to - from) * at / count);
}

/** The edges for sides of pictures in pixels: powers of two, and halfway between. */
export const sideEdges: readonly number[] = [
  ...[1, 8, 16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 8192],
];

/**
 * Counts the values between edges: from each edge to below the next. What is lower or higher counts in the
 * first and the last bin.
 */
export function binned(values: readonly number[], edges: readonly number[]): Histogram {
  const counts = new Array<number>(edges.length - 1).fill(0);
  for (const value of values) {
    const after = edges.findIndex((edge) => edge > value);
    counts[after < 0 ? counts.length - 1 : Math.max(0, after - 1)]!++;
  }
  return { edges: [...edges], counts };
}

/** Leaves out the empty bins at both ends. */
export function trimmed({ edges, counts }: Histogram): Histogram {
  const first = counts.findIndex((count) => count > 0);
  const end = counts.findLastIndex((count) => count > 0) + 1;
  return end === 0
    ? { edges, counts }
    : { edges: edges.slice(first, end + 1), counts: counts.slice(first, end) };
}
