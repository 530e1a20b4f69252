import type { ClusterOptions } from "../engine/cluster.ts";
import type { Run } from "../runs/run.ts";
import type { HistoryLine } from "../runs/schemas.ts";
import type { TrainSettings } from "./config/settings.ts";
import type { Progress } from "./loop/fit.ts";

/** What {@linkcode train} is asked for. */
export interface TrainOptions extends TrainSettings {
  /**
   * Trains together with other workers. This process must be the chief; the others call
   * {@linkcode joinTraining} and wait for more work until {@linkcode leaveCluster}.
   */
  readonly cluster?: ClusterOptions;
  /** Ends training after the running step, with everything written. */
  readonly signal?: AbortSignal;
  /** Called with one line for each message. */
  readonly onMessage?: (line: string) => void;
  /** Called with the number of images decoded, of how many; for a linear probe also of features. */
  readonly onPrepare?: (done: number, total: number) => void;
  /** Called once, when the run's folder exists. */
  readonly onStart?: (run: Run) => void;
  readonly onStep?: (progress: Progress) => void;
  /** Called after each epoch. Training waits for it. */
  readonly onEpoch?: (line: HistoryLine, best: boolean) => void | Promise<void>;
}
