import { WeightsError } from "./errors.ts";

type Shapes = ReadonlyMap<string, readonly number[]>;

/** Differences that an error shows; their number tells the rest. */
const shown = 3;

/**
 * Checks that a file has exactly the arrays of a network.
 *
 * @param advice What the error adds.
 * @throws {WeightsError} If it has not; the error says how the nets differ, and shows the first names or
 *   shapes that do not fit.
 */
export function requireShapes(
  path: string,
  arrays: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  expected: Shapes,
  advice = "",
): void {
  const found = new Map([...arrays].map(([name, { shape }]) => [name, shape]));
  const differences = [
    ...[...expected].flatMap(([name, shape]) => {
      const own = found.get(name);
      if (!own) return [`${name} is missing`];
      return String(own) === String(shape) ? [] : [`${name} is [${own}] and should be [${shape}]`];
    }),
    ...[...found.keys()].filter((name) => !expected.has(name)).map((name) => `${name} is unknown`),
  ];
  if (differences.length === 0) return;
  const more = differences.length - shown;
  const parts = [
    ...differencesOfNets(found, expected),
    ...differences.slice(0, more > 1 ? shown : undefined),
    ...(more > 1 ? [`and ${more} more`] : []),
    ...(advice === "" ? [] : [advice]),
  ];
  throw new WeightsError(`${path} does not fit: ${parts.join("; ")}`);
}

/** How two nets of the paper differ as a whole. */
function differencesOfNets(found: Shapes, expected: Shapes): string[] {
  return [
    convolutions,
    (shapes: Shapes) => has(shapes, /_bn\/gamma$/, "batch normalization"),
    (shapes: Shapes) => has(shapes, /^block\d_conv\d\/bias$/, "biases in its convolutions"),
  ].flatMap((describe) => {
    const [own, other] = [describe(found), describe(expected)];
    return own === other ? [] : [`it has ${own} and should have ${other}`];
  });
}

function convolutions(shapes: Shapes): string {
  return `${
    [...shapes.keys()].filter((name) => /_conv\d\/kernel$/.test(name)).length
  } convolutions`;
}

function has(shapes: Shapes, name: RegExp, what: string): string {
  return [...shapes.keys()].some((one) => name.test(one)) ? what : `no ${what}`;
}
