import type { ClusterOptions } from "../engine/cluster.ts";
import type { Engine } from "../engine/choose.ts";
import { buildBlankVGG } from "../vgg/build.ts";
import { requireSameSettings } from "./contradictions.ts";
import type { FitResult } from "./fit.ts";
import { fitByRecipe } from "./fit_by_recipe.ts";
import { nothingToTrain, type PictureFacts, type Plan, receivePlan } from "./plan.ts";
import { loadRecorded, reopenWorkshop, requireSamePictures } from "./reopen.ts";
import { serveChief } from "./serve_chief.ts";
import { followingKeeper, shareCheckpoint } from "./share_checkpoint.ts";
import type { TrainOptions } from "./train.ts";
import { startEngine, takePictures } from "./workshop.ts";

/** What {@linkcode joinTraining} is asked for: what the chief is, and no run. */
export interface JoinOptions extends Omit<TrainOptions, "run" | "resume" | "onStart"> {
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
 *   settings or pictures are others than the chief's.
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
  const stopped = plan === nothingToTrain ? undefined : await follow(plan, engine, options);
  await serveChief(engine, options);
  return stopped;
}

/** Trains what the chief trains. */
async function follow(
  plan: Plan,
  { name, cluster }: Engine,
  options: JoinOptions,
): Promise<FitResult["stopped"]> {
  const { data: source = plan.data.source, weights: _, shallow: __, ...others } = options;
  requireSameSettings(others, plan);
  const dataset = await loadRecorded(plan, options);
  const workshop = await reopenWorkshop(plan, name, dataset, options);
  await using pictures = await takePictures(workshop, options);
  const facts = await cluster!.share<PictureFacts>();
  requireSamePictures(facts, pictures, source, "that the chief has");
  const model = buildBlankVGG(workshop.network);
  try {
    const from = await shareCheckpoint(cluster!);
    const keeper = followingKeeper(cluster!);
    return (await fitByRecipe(model, workshop, pictures, { ...options, from, keeper })).stopped;
  } finally {
    model.dispose();
  }
}
