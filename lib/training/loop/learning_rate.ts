import type { Schedule } from "../recipes.ts";

/** A learning rate that follows the steps and, for a plateau, the validation accuracy. */
export interface Scheduler {
  /** The rate of a step, counted from 0. */
  rateAt(step: number): number;
  /** To be told each epoch's validation accuracy. */
  onEpochEnd(validationAccuracy: number): void;
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
    onEpochEnd: (accuracy) => {
      waited = accuracy > best ? 0 : waited + 1;
      best = Math.max(best, accuracy);
      if (waited < schedule.patience || times === 0) return;
      rate /= schedule.divisor;
      times -= 1;
      waited = 0;
    },
  };
}
