import type { HistoryLine } from "../../runs/schemas.ts";
import { emptyMonitor, type LossMonitorState } from "../checkpoint/training_progress.ts";
import { TrainingError } from "../errors.ts";
import type { Progress } from "../loop/progress.ts";
import type { Callback } from "./callback.ts";

/** How many of the last losses are averaged. */
const windowSize = 50;
/** In its first steps a healthy net may have this loss as well. */
const patience = 100;

/** Of a training with fewer steps than `patience`, how many of the last losses are averaged at most. */
const lastSteps = 10;
/** Steps after which most nets have learned something, for advice. */
const usualSteps = 300;

/**
 * Detects the ways in which VGG nets fail to train: a loss that explodes, one that is stuck, and one that
 * had too few steps to fall.
 */
export class LossMonitor implements Callback {
  readonly #classes: number;
  readonly #onWarning: (line: string) => void;
  readonly #recent: number[];
  #steps: number;
  #warned: boolean;
  #epochs = 0;

  /**
   * @param classes The number of classes: a net that has learned nothing has the loss ln(classes).
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
        `net that guesses: after ${this.#steps} steps it has learned nothing. Deep VGG nets without ` +
        `batch normalization do this. Try clipped gradients (--clip-norm 1) with --initializer he ` +
        `or from a trained shallower net (--shallow RUN), or --batch-norm`,
    );
  }

  /** @throws {TrainingError} If the validation loss is NaN or infinite. */
  onEpoch({ epoch, val_loss, val_accuracy, lr }: HistoryLine): void {
    this.#epochs = epoch;
    // Without validation images both are NaN.
    if (!Number.isNaN(val_accuracy)) this.#requireFinite(val_loss, lr);
  }

  /** Warns of a training that ended before its few steps could be judged, with a loss that hardly fell. */
  onEnd(): void {
    if (this.#warned || this.#steps === 0 || this.#steps >= patience) return;
    const last = this.#recent.slice(-Math.min(lastSteps, Math.ceil(this.#recent.length / 2)));
    const mean = last.reduce((sum, loss) => sum + loss, 0) / last.length;
    const guess = Math.log(this.#classes);
    if (mean < 0.9 * guess) return;
    this.#warned = true;
    const epochs = Math.ceil(usualSteps * Math.max(1, this.#epochs) / this.#steps);
    this.#onWarning(
      `the loss is ${mean.toFixed(3)} after ${
        this.#steps === 1 ? "its only step" : `all ${this.#steps} steps`
      }, and that of a net that guesses ` +
        `is ln(${this.#classes}) = ${
          guess.toFixed(3)
        }: it has learned next to nothing, in few steps. ` +
        `Try more of them (--epochs ${epochs}, or a smaller --batch), trained weights (--weights) or ` +
        `--batch-norm`,
    );
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
