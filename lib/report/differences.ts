import type { FlatSettings } from "./flatten.ts";

/** The names of settings that are not the same in all, or that not all have. */
export function differences(all: readonly FlatSettings[]): string[] {
  const names = new Set(all.flatMap((settings) => [...settings.keys()]));
  return [...names].filter((name) =>
    all.some((settings) => settings.get(name) !== all[0]!.get(name))
  );
}
