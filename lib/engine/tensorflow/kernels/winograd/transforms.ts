/** A matrix, row by row. */
export interface Transform {
  readonly rows: number;
  readonly values: Float32Array<ArrayBuffer>;
}

/** The side of a tile's result, of the filter, and of a tile, in pixels: F(4 × 4, 3 × 3). */
export const resultSize = 4;
export const filterSize = 3;
export const tileSize = resultSize + filterSize - 1;

/**
 * The interpolation points beside infinity. A convolution is a product of polynomials, which is
 * determined by its values at enough points. These points instead of the usual 0, ±1 and ±2 halve the
 * error of the results.
 */
const points = [0, 2 / 3, -2 / 3, 3 / 2, -3 / 2];

type Matrix = readonly (readonly number[])[];

/** The Toom–Cook algorithm in one dimension: `result · ((filter · g) × (image · d))`. */
export const oneDimension = {
  result: Array.from({ length: resultSize }, (_, power) => [
    ...points.map((point) => point ** power),
    power === resultSize - 1 ? 1 : 0,
  ]),
  filter: [
    ...points.map((point) => {
      const scale = others(point).reduce((product, other) => product * (point - other), 1);
      return Array.from({ length: filterSize }, (_, power) => point ** power / scale);
    }),
    Array.from({ length: filterSize }, (_, power) => power === filterSize - 1 ? 1 : 0),
  ],
  image: [...points.map((point) => [...withRoots(others(point)), 0]), withRoots(points)],
} satisfies Record<string, Matrix>;

/** The same in two dimensions; `rotatedFilter` is for a filter that is rotated by 180°. */
export const transforms = {
  image: twoDimensional(oneDimension.image),
  filter: twoDimensional(oneDimension.filter),
  rotatedFilter: twoDimensional(oneDimension.filter.map((row) => row.toReversed())),
  result: twoDimensional(oneDimension.result),
};

function others(point: number): number[] {
  return points.filter((other) => other !== point);
}

/** The coefficients of the polynomial with these roots, in order of rising powers. */
function withRoots(roots: readonly number[]): number[] {
  return roots.reduce(
    (polynomial, root) =>
      [...polynomial, 0].map((value, power) => (polynomial[power - 1] ?? 0) - root * value),
    [1],
  );
}

/** The Kronecker product of a matrix with itself. */
function twoDimensional(matrix: Matrix): Transform {
  const rows = matrix.flatMap((above) =>
    matrix.map((below) => above.flatMap((a) => below.map((b) => a * b)))
  );
  return { rows: rows.length, values: Float32Array.from(rows.flat()) };
}
