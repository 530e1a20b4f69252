/**
 * What `bench-cluster` says to its workers, and what they answer: one line of JSON each. All workers
 * of a group get the same lines.
 *
 * @module
 */

import type { Precision } from "../../../lib/engine/compile.ts";
import type { VGGOptions } from "../../../lib/vgg/options.ts";

/** A sum of one tensor over all workers. */
export interface SumWork {
  readonly kind: "sum";
  /** Of the tensor. */
  readonly bytes: number;
}

/** How gradients are added up over all workers. */
export interface Exchange {
  readonly messageBytes: number;
  /** Whether a message is sent when its gradients are there, or all of them after the backward pass. */
  readonly overlaps: boolean;
  /** Whether batch normalization has its statistics of the whole batch, or each worker its own. */
  readonly sharesStatistics: boolean;
}

/** A step of training. */
export interface StepWork {
  readonly kind: "step";
  readonly network: VGGOptions;
  /** Images of each worker. */
  readonly batch: number;
  /** In what it computes. */
  readonly precision: Precision;
  /** Without it, each worker trains by itself. */
  readonly exchange?: Exchange;
}

export type Work = SumWork | StepWork;

/** What a worker can be asked for: to ready a work, or to do one several times. */
export type Question =
  | { readonly open: string; readonly work: Work }
  | { readonly run: string; readonly times: number };

/** The answer to every question: what each time took. */
export interface Answer {
  readonly seconds: readonly number[];
}

/** More than any net has: all gradients go in one message. */
export const oneMessage = 2 ** 40;
