import { isFile } from "../data/sources/folders.ts";
import type { tf } from "../engine/tf.ts";
import { resolveVGGOptions } from "../vgg/options.ts";
import type { NetDescription } from "../weights/net.ts";
import { WeightsError } from "../weights/errors.ts";
import { openWeights, type StoredWeights } from "../weights/open_weights.ts";
import { buildNet } from "../weights/weights.ts";
import { type Run, RunError } from "./run.ts";
import type { RunRecord } from "./run_record.ts";

/**
 * Loads a run's network with its weights. The engine must be ready. The caller disposes of the model.
 *
 * @param which The weights of the epoch with the highest validation accuracy (the default), or of the last.
 * @param activation Of the last layer: `softmax` for probabilities (the default), `linear` for logits.
 * @throws The errors of {@linkcode openRunWeights}.
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
  using weights = await openRunWeights(run, which);
  return await buildNet(
    { ...recordedNetwork(run.record), activation },
    weights,
    run.path("record"),
  );
}

/**
 * Opens the weights of a run. The caller disposes of the result.
 *
 * @throws {RunError} If no epoch was finished, the best weights are another run's, or the file is damaged;
 *   the error says what to do.
 */
export async function openRunWeights(run: Run, which: "best" | "last"): Promise<StoredWeights> {
  await run.requireWeights(which);
  const path = run.path(which);
  const weights = await openWeights(path).catch(async (error) => {
    if (!(error instanceof WeightsError)) throw error;
    throw new RunError(`${error.message}; ${await remedy(run, which)}`);
  });
  const recorded = which === "best" ? run.record.result?.best_sha256 : undefined;
  if (recorded === undefined || weights.digest === recorded) return weights;
  weights[Symbol.dispose]();
  throw new RunError(`${path} is not the one that this run wrote; ${await remedy(run, which)}`);
}

/** What to do without a weights file of a run. */
async function remedy(run: Run, which: "best" | "last"): Promise<string> {
  const other = which === "best" ? "last" : "best";
  if (await isFile(run.path(other))) {
    return `evaluate with --weights ${other}, use ${run.path(other)}, or train the run again`;
  }
  return run.record.status === "finished"
    ? "train the run again"
    : "continue the run with --resume, or train it again";
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
