import type { InitialWeightsRecord } from "../runs/run_record.ts";
import { published, type PublishedErrors, type TrainSide } from "./published.ts";

/** A training of the paper's, and what is tested of it. */
export interface PlannedRun {
  /** `D-256`; also its folder's. */
  readonly name: string;
  readonly net: PublishedErrors["net"];
  readonly train: TrainSide;
  /** How it starts, and from which other run; without it, from random weights. */
  readonly start?: { readonly kind: InitialWeightsRecord["kind"]; readonly from: string };
  readonly tests: readonly PublishedErrors[];
}

/**
 * The runs of the paper's tables 3 and 4, each after those that it starts from. A and A-LRN start from
 * random weights, B to E from A's layers, the larger scale from the weights of the smaller one, and
 * the jittered scale from those of the larger (section 3.1).
 *
 * @param shallow Whether B to E start from A; else from random weights, as section 3.1 says they can.
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

/** A side in the paper's pixels, for a network whose crops are `size` pixels in place of 224. */
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
