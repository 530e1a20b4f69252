import { isDeepStrictEqual } from "node:util";
import { loadDataset } from "../data/open_dataset.ts";
import { openRuns } from "../runs/list_runs.ts";
import type { Run } from "../runs/run.ts";
import type { InitialWeightsRecord, RunRecord } from "../runs/run_record.ts";
import { checkSettings } from "./config/given_settings.ts";
import { resolveSettings } from "./config/resolve_settings.ts";
import { defaults } from "./config/settings.ts";
import { describeSettings, describeSource } from "./config/to_record.ts";
import { describeInitialWeights, resolveSeed } from "./init/initial_weights.ts";
import { openPretrained } from "./init/pretrained_weights.ts";
import type { TrainOptions } from "./options.ts";

/**
 * Finds a finished run that was trained with exactly these options.
 *
 * @param root The folder of the runs.
 * @returns The newest one, or `undefined` if there is none.
 * @throws {DataError} or {OptionError} For data or settings that are not allowed.
 *
 * @example
 * ```ts
 * import { findRun } from "vgg/training";
 *
 * const run = await findRun({ data: "drawn10", recipe: "fast" });
 * run?.directory; // undefined before such a run is finished
 * ```
 */
export async function findRun(options: TrainOptions = {}, root = "runs"): Promise<Run | undefined> {
  return (await findRuns(options, root)).find(({ record }) => record.status === "finished");
}

/**
 * All runs, finished or not, that were begun with exactly these options and not trained on after their
 * end, the newest first.
 */
export async function findRuns(options: TrainOptions, root = "runs"): Promise<Run[]> {
  checkSettings(options);
  const dataset = await loadDataset(options.data ?? defaults.data, options.load);
  using starting = await openPretrained(options, dataset.classes);
  const settings = resolveSettings(options, dataset, starting?.transfer);
  const wanted = decisive({
    ...describeSettings(settings, await resolveSeed(options)),
    data: { ...describeSource(options), classes: dataset.classes },
    start: { ...describeInitialWeights(options), newLayers: starting?.transfer.newLayers },
  });
  return (await openRuns(root))
    .filter(({ record }) => !record.resumed?.some(({ epochs }) => epochs))
    .filter(({ record }) => isDeepStrictEqual(decisive(record), wanted))
    .sort((one, other) => one.record.created < other.record.created ? 1 : -1);
}

/** The part of a record that decides a run's outcome, as JSON writes it. */
function decisive(
  { data: { source, perClass, load, classes }, model, recipe, seed, start }: {
    readonly data: Pick<RunRecord["data"], "source" | "perClass" | "load" | "classes">;
    readonly start?: Partial<InitialWeightsRecord> | undefined;
  } & Pick<RunRecord, "model" | "recipe" | "seed">,
): unknown {
  const data = { source, perClass, load, classes: classes.map(({ id }) => id) };
  return JSON.parse(JSON.stringify({ data, model, recipe, seed, start: startOf(start ?? {}) }));
}

function startOf(
  { kind, from, newLayers = [] }: Partial<InitialWeightsRecord>,
): Partial<InitialWeightsRecord> {
  return kind && from ? { kind, from, newLayers } : {};
}
