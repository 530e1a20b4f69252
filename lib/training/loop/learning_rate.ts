import type { HistoryLine } from "../../runs/schemas.ts";
import type { Schedule } from "../recipes.ts";

/** A learning rate that follows the steps and, for a plateau, the results of the epochs. */
export interface Scheduler {
  /** The rate of a step, counted from 0. */
  rateAt(step: number): number;
  /** Takes the results of each epoch. */
  onEpochEnd(scores: Pick<HistoryLine, "loss" | "val_accuracy">): void;
}

/** Starts a schedule over `totalSteps` steps. */
export function createScheduler(schedule: Schedule, totalSteps: number): Scheduler {
  const fixed = (at: (step: number) => number): Scheduler => ({ rateAt: at, onEpochEnd: () => {} });
  switch (schedule.kind) {
    case "constant":
      return fixed(() => schedule.rate);
    case "cosine":
      return fixed((step) => schedule.rate * 0.5 * (1 + Math.cos(Math.PI * step / totalSteps)));
    case "one-cycle": {
      const { peak, start, rise, end } = schedule;
      const top = Math.max(1, rise * totalSteps);
      const last = Math.max(top + 1, totalSteps - 1);
      return fixed((step) =>
        step < top
          ? peak * (start + (1 - start) * step / top)
          : peak * (1 + (end - 1) * Math.min(1, (step - top) / (last - top)))
      );
    }
    case "plateau":
      return plateau(schedule);
  }
}

function plateau(schedule: Schedule & { kind: "plateau" }): Scheduler {
  let { rate, times } = schedule;
  let best = -Infinity;
  let waited = 0;
  return {
    rateAt: () => rate,
    onEpochEnd: ({ loss, val_accuracy: accuracy }) => {
      // Without validation images there is no accuracy, and the training loss must fall.
      const score = Number.isNaN(accuracy) ? -loss : accuracy;
      waited = score > best ? 0 : waited + 1;
      best = Math.max(best, score);
      if (waited < schedule.patience || times === 0) return;
      rate /= schedule.divisor;
      times -= 1;
      waited = 0;
    },
  };
}
