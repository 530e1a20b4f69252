import type { ClusterOptions } from "../engine/cluster.ts";
import type { Engine } from "../engine/use_engine.ts";
import { buildBlankVGG } from "../vgg/build.ts";
import { requireMatchingSettings } from "../training/config/resume_settings.ts";
import type { Checkpoint } from "../training/checkpoint/checkpoint.ts";
import type { FitResult } from "../training/loop/progress.ts";
import { fitByRecipe } from "../training/fit_recipe.ts";
import { type DataSummary, finishedRun, receivePlan, type TrainingPlan } from "./share_plan.ts";
import { loadRecorded, requireSameData, restoreSetup } from "../training/restore_setup.ts";
import { serveChief } from "./serve_chief.ts";
import { broadcastCheckpoint } from "../training/checkpoint/broadcast.ts";
import type { TrainOptions } from "../training/train.ts";
import { prepareData, startEngine } from "../training/setup.ts";

/** As for the chief, but without a run and what concerns it. */
export interface JoinOptions
  extends Omit<TrainOptions, "run" | "resume" | "onStart" | "callbacks"> {
  readonly cluster: ClusterOptions;
}

/**
 * Trains as a worker that is not the chief: what the chief's {@linkcode train} began or goes on with.
 * Then it evaluates its part of the images where the chief evaluates, until the chief leaves.
 * Settings are the chief's; others that are given must be the same, but for the path of the data, which
 * each machine has a copy of, and the weights to start from, which only the chief needs. It writes no
 * run.
 *
 * @returns Why training ended before its last epoch, if it did.
 * @throws {ClusterError} Where the chief or another worker is lost; {OptionError} or {RunError} where
 *   settings or images are others than the chief's.
 *
 * @example
 * ```ts ignore
 * const cluster = { workers: ["alpha:2222", "beta:2222"], index: 1 };
 * await joinTraining({ data: "photos", cluster });
 * ```
 */
export async function joinTraining(options: JoinOptions): Promise<FitResult["stopped"]> {
  const engine = await startEngine(options);
  if (!engine.cluster) throw new Error("the engine runs already, without a cluster");
  const plan = await receivePlan(engine);
  const stopped = plan === finishedRun ? undefined : await trainAsWorker(plan, engine, options);
  await serveChief(engine, options);
  return stopped;
}

/** Trains what the chief trains. */
async function trainAsWorker(
  plan: TrainingPlan,
  { name, cluster }: Engine,
  options: JoinOptions,
): Promise<FitResult["stopped"]> {
  const { data: source = plan.data.source, weights: _, shallow: __, ...others } = options;
  requireMatchingSettings(others, plan);
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
