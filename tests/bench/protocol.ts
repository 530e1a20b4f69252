/**
 * What the benchmark says to a worker, and what a worker answers: one JSON line each. The first line
 * opens a case; each further one asks for some steps of it.
 *
 * @module
 */

import type { Precision } from "../../lib/engine/compile.ts";

/** VGG16 at one size, trained or asked for predictions. */
export interface NetworkCase {
  readonly what: "train" | "predict";
  readonly precision: Precision;
  /** The input's side in pixels. */
  readonly size: number;
  readonly batch: number;
  /** Units of the two hidden layers of the head. */
  readonly hidden: number;
  /** How a peer does it, as forms.ts names it; by default, in its plainest form. */
  readonly form?: string;
}

/** Epochs of a small network on files: a "step" is an epoch. */
export interface EpochCase {
  readonly what: "epoch";
  /** Holds `train` and `val` folders of class folders. */
  readonly folder: string;
  readonly size: number;
  readonly batch: number;
}

/** The answer to the first line. */
export interface Opened {
  /** Of the framework and what it stands on, for people. */
  readonly version: string;
  /** The network's size: all frameworks must have the same. */
  readonly parameters: number;
}

/** The answer to the first line where a framework cannot do it on this machine. */
export interface Refused {
  readonly cannot: string;
}

/** The answer to `{ "steps": n }`. */
export interface Stepped {
  /** What each step took. */
  readonly seconds: readonly number[];
  /** A number that the last step gave: the loss, or the first logit. */
  readonly value: number;
}
