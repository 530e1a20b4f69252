import { WeightsError } from "./errors.ts";

/**
 * Checks that a file has exactly the arrays of a network.
 *
 * @throws {WeightsError} If it has not; the error lists every name or shape that does not fit.
 */
export function requireShapes(
  path: string,
  arrays: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  expected: ReadonlyMap<string, readonly number[]>,
): void {
  const differences = [
    ...[...expected].flatMap(([name, shape]) => {
      const found = arrays.get(name);
      if (!found) return [`${name} is missing`];
      return String(found.shape) === String(shape)
        ? []
        : [`${name} is [${found.shape}] and should be [${shape}]`];
    }),
    ...[...arrays.keys()].filter((name) => !expected.has(name)).map((name) => `${name} is unknown`),
  ];
  if (differences.length > 0) {
    throw new WeightsError(`${path} does not fit: ${differences.join("; ")}`);
  }
}
