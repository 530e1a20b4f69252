import { defaultBucketBytes } from "../../../lib/training/step/all_reduce.ts";
import type { VGGOptions } from "../../../lib/vgg/options.ts";
import type { Line } from "./fit_line.ts";
import { linkOver } from "./link_over.ts";
import { localStep } from "./local_step.ts";
import type { Link } from "./ring.ts";
import { type SimulatedExchange, simulateStep } from "./simulate.ts";

/** What the plan is about. */
export const vgg16: VGGOptions = { configuration: "D", inputSize: 224, classes: 1000 };

/** A wire by itself: what libraries for cards come near to. Its latency is assumed. */
export const wireAlone: Link = { perByte: 0, perHop: 50e-6 };

/** A kind of machine. */
export interface Machine {
  readonly name: string;
  /** Seconds of a step of VGG16 by the images of its batch. */
  readonly line: Line;
  /** Of which an exchange takes one from computing; infinitely many where a card computes. */
  readonly cores: number;
}

/** How machines train together. */
export interface Setting {
  readonly machine: Machine;
  readonly machines: number;
  /** Images of each. */
  readonly batch: number;
  /** Bits a second. */
  readonly wire: number;
  /** What each machine does with what it sends, beside the wire. */
  readonly work: Link;
  readonly network?: VGGOptions;
  readonly sent: Pick<SimulatedExchange, "bytesPerNumber"> & Partial<SimulatedExchange>;
}

/** What is expected of a setting. */
export interface Prediction {
  readonly seconds: number;
  readonly imagesPerSecond: number;
  /** Images a second, of as many machines that need not exchange anything. */
  readonly efficiency: number;
}

/** Simulates a step of VGG16 on several machines. */
export function predict(setting: Setting): Prediction {
  const { machine, machines, batch, wire, work, network = vgg16, sent } = setting;
  const { seconds, added } = simulateStep(localStep(network, batch, machine.line), {
    workers: machines,
    ...linkOver(work, 8 / wire, machine.cores),
    messageBytes: defaultBucketBytes,
    overlaps: true,
    ...sent,
  });
  return {
    seconds,
    imagesPerSecond: machines * batch / seconds,
    efficiency: (seconds - added) / seconds,
  };
}
