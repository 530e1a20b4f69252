/** A matrix, row by row. */
export interface Transform {
  readonly rows: number;
  readonly values: Float32Array<ArrayBuffer>;
}

/** Pixels along a side: of the result that a tile makes, of the filter, and of the tile. */
export const tile = 4;
export const filterReach = 3;
export const reach = tile + filterReach - 1;

/**
 * Where polynomials are looked at, beside infinity: a convolution is a product of polynomials, and
 * their values at enough points decide it. These points, and not the usual 0, ±1 and ±2, halve the
 * results' errors.
 */
const points = [0, 2 / 3, -2 / 3, 3 / 2, -3 / 2];

type Matrix = readonly (readonly number[])[];

/** Toom and Cook's way to compute `results · ((filter g) × (image d))`, in one dimension. */
export const oneDimension = {
  result: Array.from({ length: tile }, (_, power) => [
    ...points.map((point) => point ** power),
    power === tile - 1 ? 1 : 0,
  ]),
  filter: [
    ...points.map((point) => {
      const scale = others(point).reduce((product, other) => product * (point - other), 1);
      return Array.from({ length: filterReach }, (_, power) => point ** power / scale);
    }),
    Array.from({ length: filterReach }, (_, power) => power === filterReach - 1 ? 1 : 0),
  ],
  image: [...points.map((point) => [...withRoots(others(point)), 0]), withRoots(points)],
} satisfies Record<string, Matrix>;

/** The same in two dimensions; `turnedFilter` is of a filter that is turned by half a circle. */
export const transforms = {
  image: twice(oneDimension.image),
  filter: twice(oneDimension.filter),
  turnedFilter: twice(oneDimension.filter.map((row) => row.toReversed())),
  result: twice(oneDimension.result),
};

function others(point: number): number[] {
  return points.filter((other) => other !== point);
}

/** The coefficients of the polynomial with these roots, of rising powers. */
function withRoots(roots: readonly number[]): number[] {
  return roots.reduce(
    (polynomial, root) =>
      [...polynomial, 0].map((value, power) => (polynomial[power - 1] ?? 0) - root * value),
    [1],
  );
}

/** The Kronecker product with itself. */
function twice(matrix: Matrix): Transform {
  const rows = matrix.flatMap((above) =>
    matrix.map((below) => above.flatMap((a) => below.map((b) => a * b)))
  );
  return { rows: rows.length, values: Float32Array.from(rows.flat()) };
}
