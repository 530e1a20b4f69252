import type { OnActivity } from "../display/activity.ts";
import type { ClusterOptions } from "../engine/cluster.ts";
import type { Callback } from "./callbacks/callback.ts";
import type { TrainSettings } from "./config/settings.ts";

/** What {@linkcode train} is asked for. */
export interface TrainOptions
  extends TrainSettings, Pick<Callback, "onStart" | "onStep" | "onEpoch"> {
  /** The command line that started the run, for its record. Default `null`: the library was called. */
  readonly command?: string | null;
  /**
   * Trains together with other workers. This process must be the chief; the others call
   * {@linkcode joinTraining} and wait for more work until {@linkcode leaveCluster}.
   */
  readonly cluster?: ClusterOptions;
  /** Ends training after the running step, with everything written. */
  readonly signal?: AbortSignal;
  /** Called with one line for each message. */
  readonly onMessage?: (line: string) => void;
  /**
   * Called while training is prepared: while TensorFlow is downloaded and images are drawn or read; for a
   * linear probe also while features are computed.
   */
  readonly onPrepare?: OnActivity;
  /** Called after the options' own `onStart`, `onStep` and `onEpoch`, in this order. */
  readonly callbacks?: readonly Callback[];
}
