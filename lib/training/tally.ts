import type { Progress } from "./fit.ts";
import type { HistoryLine } from "./run_files.ts";
import type { StepResult } from "./training_step.ts";

/** What an epoch's steps gave so far, and where its time went. */
export class Tally {
  readonly #epoch: number;
  readonly #started = performance.now();
  #waitingSince = this.#started;
  #waited = 0;
  #step = 0;
  #images = 0;
  #loss = 0;
  #correct = 0;
  #lr = 0;

  constructor(epoch: number) {
    this.#epoch = epoch;
  }

  /** Steps done. */
  get step(): number {
    return this.#step;
  }

  /** The loop has nothing to do until the next batch is there. */
  wantsData(): void {
    this.#waitingSince = performance.now();
  }

  gotData(): void {
    this.#waited += performance.now() - this.#waitingSince;
  }

  /** Takes a step's result in. */
  add({ loss, correct }: StepResult, images: number, lr: number): void {
    this.#step += 1;
    this.#images += images;
    this.#loss += loss * images;
    this.#correct += correct;
    this.#lr = lr;
  }

  line(): Omit<HistoryLine, "val_loss" | "val_accuracy"> {
    const seconds = (performance.now() - this.#started) / 1000;
    return {
      epoch: this.#epoch,
      loss: this.#loss / this.#images,
      accuracy: this.#correct / this.#images,
      lr: this.#lr,
      seconds,
      images_per_second: this.#images / seconds,
      data_wait_seconds: this.#waited / 1000,
    };
  }

  progress(place: Pick<Progress, "steps" | "epochs" | "stepLoss">): Progress {
    const { epoch, loss, accuracy, seconds, images_per_second: imagesPerSecond } = this.line();
    const left = (place.epochs - epoch + 1) * place.steps - this.#step;
    const secondsLeft = seconds / this.#step * left;
    return { ...place, epoch, step: this.#step, loss, accuracy, imagesPerSecond, secondsLeft };
  }
}
