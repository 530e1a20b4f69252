/** Training cannot go on; the message says why and what to try. */
export class TrainingError extends Error {
  override readonly name = "TrainingError";
}

/** Of a watch that has seen nothing. */
export const emptyMonitor: LossMonitorState = { steps: 0, recent: [], warned: false };

/** Steps that are looked at together. */
const windowSize = 50;
/** The first steps of a healthy net may stand still as well. */
const patience = 100;

/** What a {@linkcode LossMonitor} has seen. */
export interface LossMonitorState {
  readonly steps: number;
  /** The losses of the last steps. */
  readonly recent: readonly number[];
  readonly warned: boolean;
}

/** Watches the losses of a run for the two ways in which VGG nets fail to train. */
export class LossMonitor {
  readonly #chance: number;
  readonly #recent: number[];
  #steps: number;
  #warned: boolean;

  /**
   * @param classes The number of classes: a net that has learnt nothing has the loss ln(classes).
   * @param state Of a watch that this one goes on from.
   */
  constructor(
    readonly classes: number,
    { steps, recent, warned } = emptyMonitor,
  ) {
    this.#chance = Math.log(classes);
    this.#recent = [...recent];
    this.#steps = steps;
    this.#warned = warned;
  }

  get state(): LossMonitorState {
    return { steps: this.#steps, recent: [...this.#recent], warned: this.#warned };
  }

  /**
   * Takes a step's loss.
   *
   * @returns Once, when the loss stays at ln(classes), a line that says so and what to try.
   * @throws {TrainingError} Where the loss is not finite any more.
   */
  record(loss: number, rate: number): string | undefined {
    this.#steps += 1;
    this.requireFinite(loss, rate);
    this.#recent.push(loss);
    if (this.#recent.length > windowSize) this.#recent.shift();
    if (this.#warned || this.#steps < patience || !this.#isStuck()) return undefined;
    this.#warned = true;
    return `the loss stays at ln(${this.classes}) = ${
      this.#chance.toFixed(3)
    }, that of a net that ` +
      `guesses: after ${this.#steps} steps it has learnt nothing. Deep VGG nets without batch ` +
      `normalization do this. Try clipped gradients (--clip-norm 1) with --initializer he or from ` +
      `a trained shallower net (--shallow RUN), or --batch-norm`;
  }

  /** @throws {TrainingError} Where a loss, of a step or of the validation after it, is not finite. */
  requireFinite(loss: number, rate: number): void {
    if (Number.isFinite(loss)) return;
    throw new TrainingError(
      `the loss became ${loss} at step ${this.#steps}: the weights blew up. Try a learning rate ` +
        `below ${rate.toPrecision(2)} (--learning-rate), clipped gradients (--clip-norm 1) or ` +
        `batch normalization (--batch-norm)`,
    );
  }

  #isStuck(): boolean {
    const mean = this.#recent.reduce((sum, loss) => sum + loss, 0) / this.#recent.length;
    return Math.abs(mean - this.#chance) < 0.02;
  }
}
