import { bestEpochOf } from "./best_epoch.ts";
import { atStart, type Standing } from "./checkpoint.ts";
import { isOutOfPatience } from "./early_stopping.ts";
import type { Recipe } from "./recipes.ts";
import type { HistoryLine } from "./run_files.ts";
import { type LearningRate, startSchedule } from "./schedule.ts";
import { Tally } from "./tally.ts";
import { LossWatch } from "./watch.ts";

/** What decides a training's course beside its tensors. */
export interface CourseOptions {
  readonly recipe: Pick<Recipe, "epochs" | "schedule" | "earlyStopping">;
  /** Of an epoch. */
  readonly steps: number;
  readonly classes: number;
}

/** The way of a training through its epochs: all that changes with its steps but the tensors. */
export class Course {
  readonly #options: CourseOptions;
  readonly #rate: LearningRate;
  readonly #rateFactor: number;
  readonly #history: HistoryLine[] = [];
  readonly watch: LossWatch;
  /** Of the epoch that goes on. */
  tally: Tally;

  /** @param standing Where it goes on; by default it begins. */
  constructor(options: CourseOptions, standing: Standing = atStart) {
    const { recipe, steps, classes } = options;
    this.#options = options;
    this.#rate = startSchedule(recipe.schedule, recipe.epochs * steps);
    this.#rateFactor = standing.rateFactor;
    for (const line of standing.history) this.#follow(line);
    this.watch = new LossWatch(classes, standing.watch);
    this.tally = new Tally(this.epoch, standing.tally);
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
    return (this.epoch - 1) * this.epochSteps + this.tally.step;
  }

  /** The next step's learning rate. */
  get rate(): number {
    return this.#rate.at(this.steps) * this.#rateFactor;
  }

  /** Whether the loss was no number once already. */
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

  get standing(): Standing {
    return {
      steps: this.steps,
      history: [...this.#history],
      tally: this.tally.state,
      watch: this.watch.state,
      rateFactor: this.#rateFactor,
    };
  }

  /**
   * Ends the epoch that goes on.
   *
   * @returns Whether its validation accuracy is the highest so far.
   */
  endEpoch(line: HistoryLine): boolean {
    this.#follow(line);
    this.tally = new Tally(this.epoch);
    return this.bestEpoch === line.epoch;
  }

  #follow(line: HistoryLine): void {
    this.#history.push(line);
    this.#rate.epochEnded(line);
  }
}
