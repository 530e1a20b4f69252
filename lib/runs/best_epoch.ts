import type { HistoryLine } from "./schemas.ts";

/**
 * The epoch with the highest validation accuracy, the first of equal ones, counted from 1; without
 * validation images the last one, and 0 where there is none.
 */
export function bestEpochOf(history: readonly Pick<HistoryLine, "val_accuracy">[]): number {
  return history.reduce(
    (best, { val_accuracy: accuracy }, index) =>
      accuracy <= (history[best - 1]?.val_accuracy ?? -1) ? best : index + 1,
    0,
  );
}
