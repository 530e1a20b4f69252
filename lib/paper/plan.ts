import type { InitialWeightsRecord } from "../runs/run_record.ts";
import { published, type PublishedErrors, type TrainSide } from "./published.ts";

/** A training of the paper and its tests. */
export interface PlannedRun {
  /** The name of the run and of its folder, for example `D-256`. */
  readonly name: string;
  /** The configuration of the network. */
  readonly net: PublishedErrors["net"];
  /** The training scale S. */
  readonly train: TrainSide;
  /** The kind of initial weights and the run that has them. Default: random weights. */
  readonly start?: { readonly kind: InitialWeightsRecord["kind"]; readonly from: string };
  /** The lines of the paper's tables that test this run. */
  readonly tests: readonly PublishedErrors[];
}

/**
 * Lists the runs of the paper's tables 3 and 4, each after the one that it starts from. A and A-LRN
 * start from random weights, B to E from A's layers, the larger scale from the weights of the smaller
 * one, and the jittered scale from those of the larger one (section 3.1).
 *
 * @param options `shallow`: whether B to E start from A's layers; else from random weights, which
 *   section 3.1 finds possible too.
 */
export function planRuns({ shallow }: { readonly shallow: boolean }): PlannedRun[] {
  const runs = new Map<string, PlannedRun>();
  for (const line of published) {
    const { net, train } = line;
    const name = nameOf(net, train);
    const start = startOf(line, shallow);
    const tests = [...runs.get(name)?.tests ?? [], line];
    runs.set(name, { name, net, train, tests, ...(start ? { start } : {}) });
  }
  return [...runs.values()];
}

/** Converts a side in the paper's pixels to a network with crops of `size` instead of 224 pixels. */
export function scaleTo(size: number, side: number): number {
  return Math.round(side * size / 224);
}

function nameOf(net: string, train: TrainSide): string {
  return `${net}-${train.join("-")}`;
}

function startOf({ net, train }: PublishedErrors, shallow: boolean): PlannedRun["start"] {
  if (train.length === 2) return { kind: "weights", from: nameOf(net, [384]) };
  if (train[0] === 384) return { kind: "weights", from: nameOf(net, [256]) };
  const isDeeper = !net.startsWith("A");
  return shallow && isDeeper ? { kind: "shallow", from: nameOf("A", [256]) } : undefined;
}
