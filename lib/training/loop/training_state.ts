import { firstHighestEpochOf, type HistoryLine, isBetterEpoch } from "../../runs/schemas.ts";
import type { Callback } from "../callbacks/callback.ts";
import { LossMonitor } from "../callbacks/loss_monitor.ts";
import {
  bestEpochIn,
  initialProgress,
  type TrainingProgress,
} from "../checkpoint/training_progress.ts";
import type { Recipe } from "../recipes.ts";
import { isOutOfPatience } from "./early_stopping.ts";
import { EpochMetrics } from "./epoch_metrics.ts";
import { createScheduler, type Scheduler } from "./learning_rate.ts";

/** What a {@linkcode TrainingState} depends on. */
export interface TrainingStateOptions {
  readonly recipe: Pick<Recipe, "epochs" | "schedule" | "earlyStopping">;
  /** Of an epoch. */
  readonly steps: number;
  readonly classes: number;
  readonly onWarning?: ((line: string) => void) | undefined;
}

/** The state of the training loop apart from tensors: counters, history, metrics, rate, loss monitor. */
export class TrainingState {
  readonly #options: TrainingStateOptions;
  readonly #rate: Scheduler;
  readonly #rateFactor: number;
  readonly #patienceFrom: number | undefined;
  readonly #history: HistoryLine[] = [];
  #bestEpoch = 0;
  readonly #monitor: LossMonitor;
  /** Of the current epoch. */
  metrics: EpochMetrics;

  /** @param progress Where training continues; by default it begins. */
  constructor(options: TrainingStateOptions, progress: TrainingProgress = initialProgress) {
    const { recipe, steps, classes, onWarning = () => {} } = options;
    this.#options = options;
    this.#rate = createScheduler(recipe.schedule, recipe.epochs * steps);
    this.#rateFactor = progress.rateFactor;
    this.#patienceFrom = progress.patienceFrom;
    for (const line of progress.history) this.#appendEpoch(line);
    this.#bestEpoch = bestEpochIn(progress);
    this.#monitor = new LossMonitor(classes, onWarning, progress.monitor);
    this.metrics = new EpochMetrics(this.epoch, progress.metrics);
  }

  /** The callbacks whose state is part of this one, and goes back with it. */
  get callbacks(): readonly Callback[] {
    return [this.#monitor];
  }

  get history(): readonly HistoryLine[] {
    return this.#history;
  }

  /** The epoch whose weights are kept as the best: see {@linkcode isBetterEpoch}. */
  get bestEpoch(): number {
    return this.#bestEpoch;
  }

  /** The current epoch, counted from 1. */
  get epoch(): number {
    return this.#history.length + 1;
  }

  /** Steps of an epoch. */
  get epochSteps(): number {
    return this.#options.steps;
  }

  /** Steps done, in all epochs. */
  get steps(): number {
    return (this.epoch - 1) * this.epochSteps + this.metrics.step;
  }

  /** The next step's learning rate. */
  get rate(): number {
    return this.#rate.rateAt(this.steps) * this.#rateFactor;
  }

  /** Whether the loss was not finite once already. */
  get isRolledBack(): boolean {
    return this.#rateFactor < 1;
  }

  get isOutOfPatience(): boolean {
    const bestEpoch = Math.max(firstHighestEpochOf(this.#history), this.#patienceFrom ?? 0);
    const { earlyStopping } = this.#options.recipe;
    return isOutOfPatience({ epoch: this.epoch - 1, bestEpoch }, earlyStopping);
  }

  get isOver(): boolean {
    return this.epoch > this.#options.recipe.epochs || this.isOutOfPatience;
  }

  get progress(): TrainingProgress {
    return {
      steps: this.steps,
      history: [...this.#history],
      bestEpoch: this.#bestEpoch,
      metrics: this.metrics.state,
      monitor: this.#monitor.state,
      rateFactor: this.#rateFactor,
      ...(this.#patienceFrom === undefined ? {} : { patienceFrom: this.#patienceFrom }),
    };
  }

  /**
   * Ends the current epoch.
   *
   * @returns Whether it is the best so far.
   */
  endEpoch(line: HistoryLine): boolean {
    const best = isBetterEpoch(line, this.#history[this.#bestEpoch - 1]);
    this.#appendEpoch(line);
    if (best) this.#bestEpoch = this.#history.length;
    this.metrics = new EpochMetrics(this.epoch);
    return best;
  }

  #appendEpoch(line: HistoryLine): void {
    this.#history.push(line);
    this.#rate.onEpochEnd(line);
  }
}
