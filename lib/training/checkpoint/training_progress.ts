import { z } from "zod";
import { firstHighestEpochOf, type HistoryLine, historyLineSchema } from "../../runs/schemas.ts";

/** Running sums of an epoch. */
export interface EpochMetricsState {
  /** Steps done. */
  readonly step: number;
  /** Images in these steps. */
  readonly images: number;
  /** The sum of these images' losses. */
  readonly loss: number;
  /** How many of these images were predicted correctly. */
  readonly correct: number;
  /** Learning rate of the last step. */
  readonly lr: number;
  /** Seconds of training since the epoch began. */
  readonly seconds: number;
  /** Seconds of these in which the engine waited for images. */
  readonly waited: number;
}

/** What a loss monitor has seen. */
export interface LossMonitorState {
  /** Steps seen. */
  readonly steps: number;
  /** The losses of the last steps. */
  readonly recent: readonly number[];
  /** Whether it has warned of a loss that stays at ln(classes). */
  readonly warned: boolean;
}

/** The state of a training apart from its tensors. */
export interface TrainingProgress {
  /** Steps done, in all epochs. */
  readonly steps: number;
  /** The finished epochs. The next step belongs to the epoch after them. */
  readonly history: readonly HistoryLine[];
  /** The epoch whose weights are kept as the best; absent in checkpoints of earlier versions. */
  readonly bestEpoch?: number | undefined;
  /** The running sums of that epoch. */
  readonly metrics: EpochMetricsState;
  /** What the loss monitor has seen. */
  readonly monitor: LossMonitorState;
  /** Factor on the learning rate: below 1 after a roll-back. */
  readonly rateFactor: number;
  /** The finished epochs when a finished run was trained on: early stopping counts from there. */
  readonly patienceFrom?: number | undefined;
}

/** The epoch whose weights are kept as the best; 0 if none is finished. */
export function bestEpochIn(
  { history, bestEpoch }: Pick<TrainingProgress, "history" | "bestEpoch">,
): number {
  return bestEpoch ?? firstHighestEpochOf(history);
}

/** Before the first step of an epoch. */
export const emptyMetrics: EpochMetricsState = {
  ...{ step: 0, images: 0, loss: 0, correct: 0, lr: 0, seconds: 0, waited: 0 },
};

/** Before the first step of a training. */
export const emptyMonitor: LossMonitorState = { steps: 0, recent: [], warned: false };
export const initialProgress: TrainingProgress = {
  ...{ steps: 0, history: [], metrics: emptyMetrics, monitor: emptyMonitor, rateFactor: 1 },
};

const whole = z.number().int().nonnegative();
const number = z.number();
const common = {
  steps: whole,
  history: z.array(historyLineSchema),
  bestEpoch: whole.optional(),
  rateFactor: number,
  patienceFrom: whole.optional(),
};
const metrics = z.object({
  ...{ step: whole, images: whole },
  ...{ loss: number, correct: number, lr: number, seconds: number, waited: number },
});
const monitor = z.object({ steps: whole, recent: z.array(number), warned: z.boolean() });

export const progressSchema: z.ZodType<TrainingProgress> = z.object({
  ...common,
  metrics,
  monitor,
});

/** As in checkpoints of version 1, where `metrics` and `monitor` have other names but the same fields. */
export const firstProgressSchema: z.ZodType<TrainingProgress> = z.looseObject({})
  .transform(({ steps, history, rateFactor, ...renamed }): unknown => {
    const find = (schema: z.ZodType): unknown =>
      Object.values(renamed).find((part) => schema.safeParse(part).success);
    return { steps, history, rateFactor, metrics: find(metrics), monitor: find(monitor) };
  })
  .pipe(progressSchema);
