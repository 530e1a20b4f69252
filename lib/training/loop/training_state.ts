import { bestEpochOf } from "../../runs/best_epoch.ts";
import { initialProgress, type TrainingProgress } from "../checkpoint/checkpoint.ts";
import { isOutOfPatience } from "./early_stopping.ts";
import type { Recipe } from "../recipes.ts";
import type { HistoryLine } from "../../runs/schemas.ts";
import { createScheduler, type Scheduler } from "./learning_rate.ts";
import { EpochMetrics } from "./epoch_metrics.ts";
import { LossMonitor } from "./loss_monitor.ts";

/** What decides a training's state beside its tensors. */
export interface TrainingStateOptions {
  readonly recipe: Pick<Recipe, "epochs" | "schedule" | "earlyStopping">;
  /** Of an epoch. */
  readonly steps: number;
  readonly classes: number;
}

/** The way of a training through its epochs: all that changes with its steps but the tensors. */
export class TrainingState {
  readonly #options: TrainingStateOptions;
  readonly #rate: Scheduler;
  readonly #rateFactor: number;
  readonly #history: HistoryLine[] = [];
  readonly monitor: LossMonitor;
  /** Of the epoch that goes on. */
  metrics: EpochMetrics;

  /** @param progress Where it goes on; by default it begins. */
  constructor(options: TrainingStateOptions, progress: TrainingProgress = initialProgress) {
    const { recipe, steps, classes } = options;
    this.#options = options;
    this.#rate = createScheduler(recipe.schedule, recipe.epochs * steps);
    this.#rateFactor = progress.rateFactor;
    for (const line of progress.history) this.#appendEpoch(line);
    this.monitor = new LossMonitor(classes, progress.monitor);
    this.metrics = new EpochMetrics(this.epoch, progress.metrics);
  }

  get history(): readonly HistoryLine[] {
    return this.#history;
  }

  /** See {@linkcode bestEpochOf}. */
  get bestEpoch(): number {
    return bestEpochOf(this.#history);
  }

  /** The epoch that goes on, counted from 1. */
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
    const { bestEpoch } = this;
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
      metrics: this.metrics.state,
      monitor: this.monitor.state,
      rateFactor: this.#rateFactor,
    };
  }

  /**
   * Ends the epoch that goes on.
   *
   * @returns Whether its validation accuracy is the highest so far.
   */
  endEpoch(line: HistoryLine): boolean {
    this.#appendEpoch(line);
    this.metrics = new EpochMetrics(this.epoch);
    return this.bestEpoch === line.epoch;
  }

  #appendEpoch(line: HistoryLine): void {
    this.#history.push(line);
    this.#rate.onEpochEnd(line);
  }
}
