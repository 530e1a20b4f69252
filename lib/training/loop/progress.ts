import { duration, percent } from "../../display/format.ts";
import type { HistoryLine } from "../../runs/schemas.ts";

/** The state of a training after a step. */
export interface Progress {
  /** The current epoch, counted from 1. */
  readonly epoch: number;
  /** The number of epochs. */
  readonly epochs: number;
  /** Steps done in this epoch. */
  readonly step: number;
  /** The number of steps of an epoch. */
  readonly steps: number;
  /** The mean loss of this step's batch. */
  readonly stepLoss: number;
  /** The learning rate of this step. */
  readonly learningRate: number;
  /** The mean loss over the epoch so far. */
  readonly loss: number;
  /** The accuracy over the epoch so far, as a fraction. */
  readonly accuracy: number;
  /** Images trained on in a second, over the epoch so far. */
  readonly imagesPerSecond: number;
  /** Seconds until the end of the last epoch, at this epoch's pace, without validation. */
  readonly secondsLeft: number;
}

/** How training ended. */
export interface FitResult {
  /** A line for each finished epoch. */
  readonly history: readonly HistoryLine[];
  /** The epoch with the highest validation accuracy, of equal ones that with the lowest loss, from 1; 0 if no epoch was finished. */
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
