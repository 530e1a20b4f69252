import type { Target } from "../target.ts";

/** Every reader of files that others may have made, in groups that are loaded by themselves. */
const groups: Readonly<Record<string, () => Promise<readonly Target[]>>> = {
  parts: async () => (await import("./parts.ts")).partTargets,
  data: async () => (await import("./data.ts")).dataTargets,
  labels: async () => (await import("./labels.ts")).labelTargets,
  sets: async () => (await import("./official_sets.ts")).officialSetTargets,
  weights: async () => (await import("./weights.ts")).weightsTargets,
  runs: async () => (await import("./runs.ts")).runTargets,
  archives: async () => (await import("./archives.ts")).archiveTargets,
  images: async () => (await import("./images.ts")).imageTargets,
};

/** The readers whose names begin with some words: `weights: ONNX`. The first word is their group. */
export async function targetsOf(name = ""): Promise<Target[]> {
  const chosen = Object.keys(groups).filter((group) =>
    `${group}: `.startsWith(name.slice(0, group.length + 2))
  );
  const targets = await Promise.all(chosen.map((group) => groups[group]!()));
  return targets.flat().filter((target) => target.name.startsWith(name));
}
