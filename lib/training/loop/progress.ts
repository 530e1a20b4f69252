import { duration, percent } from "../../display/format.ts";
import type { HistoryLine } from "../../runs/schemas.ts";

/** The state of a training after a step. */
export interface Progress {
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done in this epoch, and how many it has. */
  readonly step: number;
  readonly steps: number;
  /** The loss and the learning rate of this step alone. */
  readonly stepLoss: number;
  readonly learningRate: number;
  /** Means over the epoch so far. */
  readonly loss: number;
  readonly accuracy: number;
  readonly imagesPerSecond: number;
  /** Until the end of the last epoch, at this epoch's pace, without validation. */
  readonly secondsLeft: number;
}

/** How training ended. */
export interface FitResult {
  readonly history: readonly HistoryLine[];
  /** Counted from 1; 0 if no epoch was finished. */
  readonly bestEpoch: number;
  /** Why it ended before the last epoch, if it did. */
  readonly stopped?: "interrupted" | "early stopping" | "converged";
}

/** Formats a progress as one line. */
export function formatProgress(progress: Progress): string {
  const { epoch, epochs, loss, accuracy, imagesPerSecond, secondsLeft } = progress;
  return `epoch ${epoch}/${epochs}, loss ${loss.toFixed(3)}, accuracy ${percent(accuracy)}, ` +
    `${imagesPerSecond.toFixed(0)} images/s, ${duration(secondsLeft)} left`;
}
