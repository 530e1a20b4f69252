/** The values of nested settings in words, by their names in words: `schedule, peak`. */
export type FlatSettings = ReadonlyMap<string, string>;

/** Flattens nested settings. A list of plain values is one value; `undefined` is left out. */
export function flatten(settings: unknown): FlatSettings {
  return new Map(leaves(settings, []));
}

/** Returns the names of settings that differ or that not all have. */
export function differences(all: readonly FlatSettings[]): string[] {
  const names = new Set(all.flatMap((settings) => [...settings.keys()]));
  return [...names].filter((name) =>
    all.some((settings) => settings.get(name) !== all[0]!.get(name))
  );
}

function leaves(value: unknown, path: readonly string[]): [string, string][] {
  if (value === undefined) return [];
  const isTree = typeof value === "object" && value !== null && !isPlainList(value);
  if (!isTree) return [[path.join(", "), inText(value)]];
  const entries = Object.entries(value);
  if (entries.length === 0) return [[path.join(", "), "none"]];
  const isList = Array.isArray(value);
  return entries.flatMap(([key, part]) => {
    const name = isList ? String(Number(key) + 1) : inWords(key);
    return leaves(part, [...path, name]);
  });
}

function isPlainList(value: object): boolean {
  return Array.isArray(value) && value.length > 0 &&
    value.every((part) => typeof part !== "object" || part === null);
}

function inText(value: unknown): string {
  if (Array.isArray(value)) return value.map(inText).join(", ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number" && !Number.isInteger(value)) {
    return String(Number(value.toPrecision(6)));
  }
  return String(value);
}

/** `batchNormMomentum` as `batch norm momentum`. */
function inWords(key: string): string {
  return key.replace(/_/g, " ").replace(
    /([a-z\d])([A-Z])/g,
    (_, before, after) => `${before} ${after.toLowerCase()}`,
  );
}
