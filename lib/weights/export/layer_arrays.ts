import type { StoredArray } from "../weights_file.ts";

/** The arrays of a layer by name, `kernel`, `bias` …, in this library's order. */
export function arraysOfLayer(
  arrays: ReadonlyMap<string, StoredArray>,
  layer: string,
): Map<string, StoredArray> {
  return new Map(
    [...arrays].filter(([name]) => name.startsWith(`${layer}/`))
      .map(([name, array]) => [name.slice(layer.length + 1), array]),
  );
}
