import type { HistoryLine } from "../../runs/schemas.ts";
import { emptyMetrics, type EpochMetricsState } from "../checkpoint/training_progress.ts";
import type { StepResult } from "../step/loss.ts";
import type { Progress } from "./progress.ts";

/** Running sums over the steps of an epoch, and where its time went. */
export class EpochMetrics {
  readonly #epoch: number;
  readonly #before: number;
  #started: number;
  #waitingSince = performance.now();
  #waited: number;
  #step: number;
  #images: number;
  #loss: number;
  #correct: number;
  #lr: number;

  /** @param state Of an epoch that has begun already, maybe in another process. */
  constructor(epoch: number, state = emptyMetrics) {
    this.#epoch = epoch;
    this.#before = state.seconds;
    this.#started = performance.now() - state.seconds * 1000;
    this.#waited = state.waited * 1000;
    this.#step = state.step;
    this.#images = state.images;
    this.#loss = state.loss;
    this.#correct = state.correct;
    this.#lr = state.lr;
  }

  /** Steps done. */
  get step(): number {
    return this.#step;
  }

  get state(): EpochMetricsState {
    return {
      step: this.#step,
      images: this.#images,
      loss: this.#loss,
      correct: this.#correct,
      lr: this.#lr,
      seconds: this.#seconds,
      waited: this.#waited / 1000,
    };
  }

  get #seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  /** Starts or restarts the clock; earlier time of the epoch still counts. */
  startTimer(): void {
    this.#started = performance.now() - this.#before * 1000;
    this.beginWait();
  }

  /** Called when the loop begins to wait for the next batch. */
  beginWait(): void {
    this.#waitingSince = performance.now();
  }

  endWait(): void {
    this.#waited += performance.now() - this.#waitingSince;
  }

  /** Adds the result of a step. */
  add({ loss, correct }: StepResult, images: number, lr: number): void {
    this.#step += 1;
    this.#images += images;
    this.#loss += loss * images;
    this.#correct += correct;
    this.#lr = lr;
  }

  toHistoryLine(): Omit<HistoryLine, "val_loss" | "val_accuracy"> {
    const seconds = this.#seconds;
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
    const { epoch, loss, accuracy, seconds, images_per_second: imagesPerSecond } = this
      .toHistoryLine();
    const left = (place.epochs - epoch + 1) * place.steps - this.#step;
    const secondsLeft = seconds / this.#step * left;
    return {
      ...{ ...place, epoch, step: this.#step, learningRate: this.#lr },
      ...{ loss, accuracy, imagesPerSecond, secondsLeft },
    };
  }
}
