/** A setting's name in words (`schedule, peak`) and its value, for each leaf of nested settings. */
export type FlatSettings = ReadonlyMap<string, string>;

/** Numbers in a list are one value; what has no value is left out. */
export function flatten(settings: unknown): FlatSettings {
  return new Map(leaves(settings, []));
}

function leaves(value: unknown, path: readonly string[]): [string, string][] {
  if (value === undefined) return [];
  const isTree = typeof value === "object" && value !== null && !isPlainList(value);
  if (!isTree) return [[path.join(", "), written(value)]];
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

function written(value: unknown): string {
  if (Array.isArray(value)) return value.map(written).join(", ");
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
