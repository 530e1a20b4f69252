import { isFolder } from "../data/folders.ts";
import { type DescribeOptions, describeWeights } from "../weights/describe.ts";
import type { Net, NetDescription } from "../weights/net.ts";
import { openWeights } from "../weights/open_weights.ts";
import { buildNet } from "../weights/weights.ts";
import { loadModel, networkOf } from "./load_model.ts";
import { openRun } from "./run.ts";
import type { RunRecord } from "./run_record.ts";

/** How {@linkcode openNet} works. */
export interface OpenNetOptions extends DescribeOptions {
  /** Of the last layer: `softmax` gives probabilities (the default), `linear` logits. */
  readonly activation?: "softmax" | "linear";
}

/**
 * A network with its weights and all that is needed to show it pictures. The engine must be ready; the
 * caller disposes of the model.
 *
 * @param from A run's folder, whose best weights are taken, or a weights file: see
 *   {@linkcode openWeights}. A file that does not say how pictures become its input is taken to be what
 *   its framework's published nets are, see {@linkcode describeWeights}.
 * @throws {RunError} Where a run is damaged or has no weights; {TypeError} where a file is damaged or of
 *   no VGG net; {RangeError} where there is nothing.
 *
 * @example
 * ```ts ignore
 * const { model, classes, fit, normalisation } = await openNet("runs/mine");
 * ```
 */
export async function openNet(from: string, options: OpenNetOptions = {}): Promise<Net> {
  const { activation = "softmax" } = options;
  if (await isFolder(from)) {
    const run = await openRun(from);
    return { ...netOf(run.record), model: await loadModel(run, "best", activation) };
  }
  await requireFile(from);
  using weights = await openWeights(from);
  const described = describeWeights(weights, options);
  const { description } = described;
  const model = await buildNet({ ...description.network, activation }, described);
  return { ...description, model };
}

/** What travels with the weights of a run. */
export function netOf(record: Pick<RunRecord, "data" | "model">): NetDescription {
  const { classes, fit, normalisation } = record.data;
  return { network: networkOf(record), classes, fit, normalisation };
}

async function requireFile(path: string): Promise<void> {
  const found = await Deno.stat(path).then(({ isFile }) => isFile, () => false);
  if (found) return;
  throw new RangeError(`weights are a run's folder or a file that is there. Received: ${path}`);
}
