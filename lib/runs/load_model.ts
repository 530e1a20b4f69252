import type { tf } from "../engine/tf.ts";
import { resolveVGGOptions } from "../vgg/options.ts";
import type { NetDescription } from "../weights/net.ts";
import { openWeights } from "../weights/open_weights.ts";
import { buildNet } from "../weights/weights.ts";
import { type Run, RunError } from "./run.ts";
import type { RunRecord } from "./run_record.ts";

/**
 * Loads a run's network with its weights. The engine must be ready. The caller disposes of the model.
 *
 * @param which The weights of the epoch with the highest validation accuracy (the default), or of the last.
 * @param activation Of the last layer: `softmax` for probabilities (the default), `linear` for logits.
 * @throws {RunError} If no epoch was finished.
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
  return await buildNet(
    { ...recordedNetwork(run.record), activation },
    weights,
    run.path("record"),
  );
}

/**
 * Returns the options of a run's network. The initializer is replaced: the weights are loaded anyway.
 *
 * @throws {RunError} If the record's options are not allowed.
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
