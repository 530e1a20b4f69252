import type { HistoryLine } from "./schemas.ts";

/**
 * Returns the epoch with the highest validation accuracy, counted from 1; the first one if several are
 * equal. Without validation images it is the last epoch; without epochs it is 0.
 */
export function bestEpochOf(history: readonly Pick<HistoryLine, "val_accuracy">[]): number {
  return history.reduce(
    (best, { val_accuracy: accuracy }, index) =>
      accuracy <= (history[best - 1]?.val_accuracy ?? -1) ? best : index + 1,
    0,
  );
}
