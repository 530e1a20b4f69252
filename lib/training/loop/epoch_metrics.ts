import type { Progress } from "./fit.ts";
import type { HistoryLine } from "../../runs/schemas.ts";
import type { StepResult } from "../step/training_step.ts";

/** The numbers of a {@linkcode EpochMetrics}. */
export interface EpochMetricsState {
  /** Steps done, and images in them. */
  readonly step: number;
  readonly images: number;
  /** Sums over these images. */
  readonly loss: number;
  readonly correct: number;
  /** Of the last step. */
  readonly lr: number;
  /** Since the epoch began, and those in which the engine waited for images. */
  readonly seconds: number;
  readonly waited: number;
}

/** Of an epoch that has not begun. */
export const emptyMetrics: EpochMetricsState = {
  ...{ step: 0, images: 0, loss: 0, correct: 0, lr: 0, seconds: 0, waited: 0 },
};

/** What an epoch's steps gave so far, and where its time went. */
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

  /** @param state Of an epoch that has begun already, in another process perhaps. */
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

  /** Time counts from now on, beside what has been counted already. */
  startTimer(): void {
    this.#started = performance.now() - this.#before * 1000;
    this.beginWait();
  }

  /** The loop has nothing to do until the next batch is there. */
  beginWait(): void {
    this.#waitingSince = performance.now();
  }

  endWait(): void {
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
    return { ...place, epoch, step: this.#step, loss, accuracy, imagesPerSecond, secondsLeft };
  }
}
