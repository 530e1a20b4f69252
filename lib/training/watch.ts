/** Training cannot go on; the message says why and what to try. */
export class TrainingError extends Error {
  override readonly name = "TrainingError";
}

/** Steps that are looked at together. */
const windowSize = 50;
/** The first steps of a healthy net may stand still as well. */
const patience = 100;

/** Watches the losses of a run for the two ways in which VGG nets fail to train. */
export class LossWatch {
  readonly #chance: number;
  readonly #recent: number[] = [];
  #steps = 0;
  #warned = false;

  /** @param classes The number of classes: a net that has learnt nothing has the loss ln(classes). */
  constructor(readonly classes: number) {
    this.#chance = Math.log(classes);
  }

  /**
   * Takes a step's loss.
   *
   * @returns Once, when the loss stays at ln(classes), a line that says so and what to try.
   * @throws {TrainingError} Where the loss is no number any more.
   */
  observe(loss: number, rate: number): string | undefined {
    this.#steps += 1;
    if (!Number.isFinite(loss)) {
      throw new TrainingError(
        `the loss became ${loss} at step ${this.#steps}: the weights blew up. Try a learning rate ` +
          `below ${rate.toPrecision(2)} (--learning-rate), clipped gradients (--clip-norm 1) or ` +
          `batch normalization (--batch-norm)`,
      );
    }
    this.#recent.push(loss);
    if (this.#recent.length > windowSize) this.#recent.shift();
    if (this.#warned || this.#steps < patience || !this.#standsStill()) return undefined;
    this.#warned = true;
    return `the loss stays at ln(${this.classes}) = ${
      this.#chance.toFixed(3)
    }, that of a net that ` +
      `guesses: after ${this.#steps} steps it has learnt nothing. Deep VGG nets without batch ` +
      `normalization do this. Try clipped gradients (--clip-norm 1) with --initializer he or from ` +
      `a trained shallower net (--shallow RUN), or --batch-norm`;
  }

  #standsStill(): boolean {
    const mean = this.#recent.reduce((sum, loss) => sum + loss, 0) / this.#recent.length;
    return Math.abs(mean - this.#chance) < 0.02;
  }
}
