import type { HistoryLine } from "../../runs/schemas.ts";
import { emptyMonitor, type LossMonitorState } from "../checkpoint/training_progress.ts";
import { TrainingError } from "../errors.ts";
import type { Progress } from "../loop/progress.ts";
import type { Callback } from "./callback.ts";

/** How many of the last losses are averaged. */
const windowSize = 50;
/** In its first steps a healthy net may have this loss as well. */
const patience = 100;

/** Detects the two ways in which VGG nets fail to train: a loss that explodes, and one that is stuck. */
export class LossMonitor implements Callback {
  readonly #classes: number;
  readonly #onWarning: (line: string) => void;
  readonly #recent: number[];
  #steps: number;
  #warned: boolean;

  /**
   * @param classes The number of classes: a net that has learnt nothing has the loss ln(classes).
   * @param onWarning Called once, when the loss stays at ln(classes), with what to try.
   * @param state Of the monitor that this one continues.
   */
  constructor(
    classes: number,
    onWarning: (line: string) => void,
    { steps, recent, warned }: LossMonitorState = emptyMonitor,
  ) {
    this.#classes = classes;
    this.#onWarning = onWarning;
    this.#recent = [...recent];
    this.#steps = steps;
    this.#warned = warned;
  }

  get state(): LossMonitorState {
    return { steps: this.#steps, recent: [...this.#recent], warned: this.#warned };
  }

  /** @throws {TrainingError} If the loss of the step is NaN or infinite. */
  onStep({ stepLoss, learningRate }: Pick<Progress, "stepLoss" | "learningRate">): void {
    this.#steps += 1;
    this.#requireFinite(stepLoss, learningRate);
    this.#recent.push(stepLoss);
    if (this.#recent.length > windowSize) this.#recent.shift();
    if (this.#warned || this.#steps < patience || !this.#isStuck()) return;
    this.#warned = true;
    this.#onWarning(
      `the loss stays at ln(${this.#classes}) = ${Math.log(this.#classes).toFixed(3)}, that of a ` +
        `net that guesses: after ${this.#steps} steps it has learnt nothing. Deep VGG nets without ` +
        `batch normalization do this. Try clipped gradients (--clip-norm 1) with --initializer he ` +
        `or from a trained shallower net (--shallow RUN), or --batch-norm`,
    );
  }

  /** @throws {TrainingError} If the validation loss is NaN or infinite. */
  onEpoch({ val_loss, val_accuracy, lr }: HistoryLine): void {
    // Without validation images both are NaN.
    if (!Number.isNaN(val_accuracy)) this.#requireFinite(val_loss, lr);
  }

  #requireFinite(loss: number, rate: number): void {
    if (Number.isFinite(loss)) return;
    throw new TrainingError(
      `the loss became ${loss} at step ${this.#steps}: the weights blew up. Try a learning rate ` +
        `below ${rate.toPrecision(2)} (--learning-rate), clipped gradients (--clip-norm 1) or ` +
        `batch normalization (--batch-norm)`,
    );
  }

  #isStuck(): boolean {
    const mean = this.#recent.reduce((sum, loss) => sum + loss, 0) / this.#recent.length;
    return Math.abs(mean - Math.log(this.#classes)) < 0.02;
  }
}
