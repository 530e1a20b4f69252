import { netMetadata } from "../../runs/open_net.ts";
import type { Run } from "../../runs/run.ts";
import { toMetadata } from "../../weights/net.ts";
import { writeSafetensors } from "../../weights/safetensors/write_safetensors.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { weightsIn } from "./model_state.ts";
import { bestEpochIn } from "./training_progress.ts";

/** Brings a run's best weights and history to the state of a checkpoint, which is written before them. */
export async function restoreResults(
  run: Run,
  { arrays, progress }: Checkpoint,
): Promise<void> {
  const { history, metrics } = progress;
  const best = metrics.step === 0 && history.length > 0 &&
    bestEpochIn(progress) === history.length;
  if (best) await writeBestWeights(run, arrays);
  await run.writeHistory(history);
}

/** Writes the weights among a checkpoint's arrays as those of the best epoch. */
export async function writeBestWeights(run: Run, arrays: Checkpoint["arrays"]): Promise<void> {
  const weights = weightsIn(arrays);
  await writeSafetensors(
    run.path("best"),
    new Map([...weights].map(([name, { shape }]) => [name, shape])),
    (name) => Promise.resolve(weights.get(name)!.values),
    toMetadata(netMetadata(run.record)),
  );
}
