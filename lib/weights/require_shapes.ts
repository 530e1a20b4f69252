import { WeightsError } from "./errors.ts";

/**
 * Checks a file's arrays against those that a network has.
 *
 * @throws {WeightsError} With every name or shape that does not fit.
 */
export function requireShapes(
  path: string,
  arrays: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  wanted: ReadonlyMap<string, readonly number[]>,
): void {
  const misfits = [
    ...[...wanted].flatMap(([name, shape]) => {
      const found = arrays.get(name);
      if (!found) return [`${name} is missing`];
      return String(found.shape) === String(shape)
        ? []
        : [`${name} is [${found.shape}] and should be [${shape}]`];
    }),
    ...[...arrays.keys()].filter((name) => !wanted.has(name)).map((name) => `${name} is unknown`),
  ];
  if (misfits.length > 0) throw new WeightsError(`${path} does not fit: ${misfits.join("; ")}`);
}
