import type { ClusterOptions } from "../engine/cluster.ts";
import type { Engine } from "../engine/engine.ts";
import type { DataSummary, TrainingPlan } from "../runs/run_record.ts";
import { receivePlan } from "../training/broadcast_plan.ts";
import { broadcastCheckpoint } from "../training/checkpoint/broadcast.ts";
import type { Checkpoint } from "../training/checkpoint/checkpoint.ts";
import { checkSettings, requireChiefsSettings } from "../training/config/given_settings.ts";
import { fitByRecipe } from "../training/fit_recipe.ts";
import type { FitResult } from "../training/loop/progress.ts";
import type { TrainOptions } from "../training/options.ts";
import { loadRecorded, requireSameData, restoreSetup } from "../training/restore_setup.ts";
import { prepareData, startEngine } from "../training/setup.ts";
import { buildBlankVGG } from "../vgg/build.ts";
import { serveChief } from "./serve_chief.ts";

/** The options of `train` without those of a run's folder, which only the chief has. */
export interface JoinOptions
  extends Omit<TrainOptions, "run" | "resume" | "onStart" | "callbacks"> {
  /** The workers, and the index of this process. */
  readonly cluster: ClusterOptions;
}

/**
 * Trains as a worker that is not the chief, while the chief calls `train`. Then it evaluates its shard of
 * the images whenever the chief evaluates, until the chief leaves. It writes no run.
 *
 * The chief's settings apply. Settings that are given must be the same as the chief's, except for the
 * path of the data, of which each machine has a copy, and the initial weights, which only the chief needs.
 * If the chief resumes a run, the settings are not compared: they are in the run's record.
 *
 * @returns Why training ended before its last epoch, if it did.
 * @throws {ClusterError} If the chief or another worker is lost; {OptionError} or {RunError} if settings
 *   or images differ from the chief's.
 *
 * @example
 * ```ts ignore
 * const cluster = { workers: ["alpha:2222", "beta:2222"], index: 1 };
 * await joinTraining({ data: "photos", cluster });
 * ```
 */
export async function joinTraining(options: JoinOptions): Promise<FitResult["stopped"]> {
  checkSettings(options);
  const engine = await startEngine(options);
  if (!engine.cluster) throw new Error("the engine is already running without a cluster");
  const message = await receivePlan(engine);
  if (message.kind === "plan" && message.given) requireChiefsSettings(options, message.given);
  const stopped = message.kind === "plan"
    ? await trainAsWorker(message.plan, engine, options)
    : undefined;
  await serveChief(engine, options);
  return stopped;
}

/** Trains by the chief's plan. */
async function trainAsWorker(
  plan: TrainingPlan,
  { name, cluster }: Engine,
  options: JoinOptions,
): Promise<FitResult["stopped"]> {
  const source = options.data ?? plan.data.source;
  const dataset = await loadRecorded(plan, options);
  const setup = await restoreSetup(plan, name, dataset, options);
  await using images = await prepareData(setup, options);
  const facts = await cluster!.broadcast<DataSummary>();
  requireSameData(facts, images, source, "that the chief has");
  const model = buildBlankVGG(setup.network);
  try {
    const from = await broadcastCheckpoint(cluster!);
    const lastFinite = (): Promise<Checkpoint> => broadcastCheckpoint(cluster!);
    const hooks = { ...options, callbacks: [options], from, lastFinite };
    return (await fitByRecipe(model, setup, images, hooks)).stopped;
  } finally {
    model.dispose();
  }
}
