import type { tf } from "../engine/tf.ts";
import type { NetDescription } from "../weights/net.ts";
import { openWeights } from "../weights/open_weights.ts";
import { buildNet } from "../weights/weights.ts";
import { resolveVGGOptions } from "../vgg/options.ts";
import { type Run, RunError } from "./run.ts";
import type { RunRecord } from "./run_record.ts";

/**
 * The network of a run with its weights. The engine must be ready.
 *
 * @param which Of the epoch with the highest validation accuracy (the default), or of the last.
 * @param activation Of the last layer: `softmax` gives probabilities (the default), `linear` logits.
 * @throws {RunError} Where no epoch left such weights.
 *
 * @example
 * ```ts ignore
 * import { useEngine } from "vgg/engine";
 * import { loadModel, openRun } from "vgg/training";
 *
 * await useEngine();
 * const model = await loadModel(await openRun("runs/mine"));
 * ```
 */
export async function loadModel(
  run: Run,
  which: "best" | "last" = "best",
  activation: "softmax" | "linear" = "softmax",
): Promise<tf.LayersModel> {
  await run.requireWeights(which);
  using weights = await openWeights(run.path(which));
  return await buildNet({ ...recordedNetwork(run.record), activation }, weights);
}

/**
 * The options of a run's network, but for how it was initialised: its weights are kept.
 *
 * @throws {RunError} Where no network is as the record says.
 */
export function recordedNetwork({ model }: Pick<RunRecord, "model">): NetDescription["network"] {
  const network = { ...model as NetDescription["network"], initializer: "he" as const };
  try {
    resolveVGGOptions(network);
    return network;
  } catch (error) {
    throw new RunError(`run.json is damaged: model: ${(error as Error).message}`);
  }
}
