import { join } from "@std/path";
import { listDir } from "../files/read.ts";
import { loadDataset } from "../data/open_dataset.ts";
import { describeSettings } from "../training/config/to_record.ts";
import { isSame } from "../training/is_same.ts";
import { openRun, type Run, RunError } from "./run.ts";
import type { InitialWeightsRecord, RunRecord } from "./run_record.ts";
import { resolveSettings } from "../training/config/resolve_settings.ts";
import { defaultData, describeSource } from "../training/config/data_source.ts";
import { describeInitialWeights, resolveSeed } from "../training/init/initial_weights.ts";
import { openPretrained } from "../training/init/pretrained_weights.ts";
import type { TrainOptions } from "../training/train.ts";

/**
 * Looks for a finished run that was trained with just these options.
 *
 * @param root The folder of the runs.
 * @returns The newest one, or `undefined` where there is none.
 * @throws {DataError} or {OptionError} For data or settings that will not do.
 *
 * @example
 * ```ts ignore
 * const run = await findRun({ data: "drawn10" }) ?? await train({ data: "drawn10" });
 * ```
 */
export async function findRun(options: TrainOptions = {}, root = "runs"): Promise<Run | undefined> {
  return (await findRuns(options, root)).find(({ record }) => record.status === "finished");
}

/** All runs, finished or not, that were begun with just these options, the newest first. */
export async function findRuns(options: TrainOptions, root = "runs"): Promise<Run[]> {
  const dataset = await loadDataset(options.data ?? defaultData, options.load);
  using starting = await openPretrained(options, dataset.classes);
  const settings = resolveSettings(options, dataset, starting?.transfer);
  const wanted = describeSettings(settings, await resolveSeed(options));
  const start = startOf({
    ...describeInitialWeights(options),
    newLayers: starting?.transfer.newLayers,
  });
  const classes = dataset.classes.map(({ id }) => id);
  const runs = await openRuns(root);
  return runs
    .filter(({ record }) =>
      isSame(ownSource(record), describeSource(options)) &&
      isSame(record.data.classes.map(({ id }) => id), classes) &&
      isSame(trainedBy(record), { ...wanted, start })
    )
    .sort((one, other) => one.record.created < other.record.created ? 1 : -1);
}

function ownSource({ data: { source, perClass, load } }: RunRecord): unknown {
  return { source, perClass, load };
}

/** What decided a run's outcome, but for the data. */
function trainedBy({ model, recipe, seed, start }: RunRecord): unknown {
  return { model, recipe, seed, start: startOf(start ?? {}) };
}

function startOf(
  { kind, from, newLayers = [] }: Partial<InitialWeightsRecord>,
): Partial<InitialWeightsRecord> {
  return kind && from ? { kind, from, newLayers } : {};
}

/** The runs of a folder; what is no run, or a damaged one, is left out. */
async function openRuns(root: string): Promise<Run[]> {
  const names = await listDir(root);
  const runs = await Promise.all(names.map((name) =>
    openRun(join(root, name)).catch((error) => {
      if (error instanceof RunError) return undefined;
      throw error;
    })
  ));
  return runs.filter((run) => run !== undefined);
}
