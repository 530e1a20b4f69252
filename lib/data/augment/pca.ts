import type { ColorStatistics, Triple } from "./colors.ts";

/** A principal axis of a data set's colors. */
export interface PrincipalAxis {
  /** A vector of length 1. */
  readonly direction: Triple;
  /** The variance along the axis, in the square of the colors' unit. */
  readonly variance: number;
}

/**
 * Computes the principal axes of a set of colors, that is the eigenvectors of their covariance matrix,
 * by Jacobi rotations; the largest variance comes first.
 *
 * @example
 * ```ts
 * import { principalAxes } from "./pca.ts";
 *
 * principalAxes([[9, 0, 0], [0, 4, 0], [0, 0, 1]])[0]; // { direction: [1, 0, 0], variance: 9 }
 * ```
 */
export function principalAxes(covariance: ColorStatistics["covariance"]): PrincipalAxis[] {
  return eigenvectors(covariance).map(({ vector: [red = 0, green = 0, blue = 0], value }) => ({
    direction: [red, green, blue],
    variance: value,
  }));
}

/**
 * Computes the eigenvectors of length 1 of a symmetric matrix by Jacobi rotations; the largest eigenvalue
 * comes first.
 */
export function eigenvectors(
  symmetric: readonly (readonly number[])[],
): { readonly vector: readonly number[]; readonly value: number }[] {
  const matrix = symmetric.map((row) => [...row]);
  const axes = [...matrix.keys()];
  const vectors = axes.map((row) => axes.map((column) => Number(row === column)));
  // Convergence is quadratic: a 3 × 3 matrix is diagonal to the last bit after about five sweeps.
  for (let sweep = 0; sweep < 12; sweep++) {
    for (const one of axes) {
      for (let other = one + 1; other < axes.length; other++) {
        rotateAway(matrix, vectors, one, other);
      }
    }
  }
  return axes.map((axis) => ({
    vector: axes.map((row) => at(vectors, row, axis)),
    value: at(matrix, axis, axis),
  })).sort((one, other) => other.value - one.value);
}

/** Rotates the plane of two axes so that their off-diagonal element becomes zero. */
function rotateAway(matrix: number[][], vectors: number[][], one: number, other: number): void {
  const offDiagonal = at(matrix, one, other);
  if (offDiagonal === 0) return;
  const angle = Math.atan2(2 * offDiagonal, at(matrix, other, other) - at(matrix, one, one)) / 2;
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  for (const row of [...matrix, ...vectors]) mix(row, one, other, sine, cosine);
  for (const column of matrix.keys()) {
    const values = matrix.map((row) => row[column] ?? 0);
    mix(values, one, other, sine, cosine);
    matrix.forEach((row, index) => row[column] = values[index] ?? 0);
  }
}

function mix(values: number[], one: number, other: number, sine: number, cosine: number): void {
  const [first, second] = [values[one] ?? 0, values[other] ?? 0];
  values[one] = cosine * first - sine * second;
  values[other] = sine * first + cosine * second;
}

function at(matrix: readonly (readonly number[])[], row: number, column: number): number {
  return matrix[row]?.[column] ?? 0;
}
