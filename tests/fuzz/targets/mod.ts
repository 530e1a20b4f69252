import type { Target } from "../target.ts";
import { archiveTargets } from "./archives.ts";
import { dataTargets } from "./data.ts";
import { imageTargets } from "./images.ts";
import { officialSetTargets } from "./official_sets.ts";
import { runTargets } from "./runs.ts";
import { weightsTargets } from "./weights.ts";

/** Every reader of files that others may have made. */
export const targets: readonly Target[] = [
  ...dataTargets,
  ...officialSetTargets,
  ...weightsTargets,
  ...runTargets,
  ...archiveTargets,
  ...imageTargets,
];
