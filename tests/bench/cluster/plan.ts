import { resolvePrecision } from "../../../lib/engine/precision.ts";
import { countVGG } from "../../../lib/vgg/analysis/count.ts";
import type { VGGOptions } from "../../../lib/vgg/options.ts";
import { figures, table } from "../report.ts";
import type { StepWork } from "./protocol.ts";
import { measureInTurns } from "./turns.ts";
import { WorkerGroup } from "./worker_group.ts";

/** The network that the plan is about. */
export const vgg16: VGGOptions = { configuration: "D", inputSize: 224, classes: 1000 };
/** Bytes of its gradients. */
export const vgg16Bytes = 4 * countVGG(vgg16).parameters;

/** A kind of machine. */
export interface Machine {
  /** Seconds of a step of VGG16, whatever its batch. */
  readonly constant: number;
  /** Seconds of a step of VGG16 for each image. */
  readonly perImage: number;
  /** The exchange takes one of them from computing; infinitely many where a card computes. */
  readonly cores: number;
}

/** What a sum costs beside the wire. */
export interface Link {
  /** Seconds for each byte that a worker sends while it receives as much. */
  readonly perByte: number;
  /** Seconds for each of a ring's hops, beside its bytes. */
  readonly perHop: number;
}

/** From docs/cards.md: VGG16 at 224 px, bfloat16, batch 64. What a small batch wastes is not in it. */
export const card: Machine = { constant: 0, perImage: 1 / 1407, cores: Infinity };
/** A wire without work for the processor: what libraries for cards come near to. Its latency is assumed. */
export const wireAlone: Link = { perByte: 0, perHop: 50e-6 };

/** The precision in which this machine trains by default. */
export const { precision: ownPrecision } = resolvePrecision("auto", {
  name: "tensorflow",
  devices: ["CPU"],
});

/** Two batches tell what images cost from what a step costs in any case. */
const batches = [2, 8] as const;

/**
 * Measures steps of VGG16 on all of this machine's cores.
 *
 * @throws {Error} If the machine is so busy that more images take no longer.
 */
export async function measureMachine(rounds: number): Promise<Machine> {
  await using group = new WorkerGroup({ size: 1, pinned: false });
  const turns = batches.map((batch) => {
    const work: StepWork = { kind: "step", network: vgg16, batch, precision: ownPrecision };
    return { name: `${batch}`, group, work, times: 1 };
  });
  const taken = await measureInTurns(turns, rounds);
  const [few, many] = batches.map((batch) => taken.get(`${batch}`)!.median);
  const perImage = (many! - few!) / (batches[1] - batches[0]);
  if (perImage <= 0) throw new Error("the machine is too busy to measure a step of VGG16");
  const constant = Math.max(0, few! - batches[0] * perImage);
  return { constant, perImage, cores: navigator.hardwareConcurrency };
}

/** How often each worker of a ring sends: once around to add up, once to distribute the sums. */
export function hopsOf(workers: number): number {
  return 2 * (workers - 1);
}

/** Seconds of sending VGG16's gradients around a ring (Patarasuk and Yuan, 2009). */
export function exchangeSeconds(workers: number, { perByte, perHop }: Link): number {
  return hopsOf(workers) * (perHop + perByte * vgg16Bytes / workers);
}

/**
 * Seconds of a step of VGG16 on several machines. Nine tenths of the gradients are those of the fully
 * connected layers, which the backward pass computes first: sending overlaps the whole backward pass,
 * which is two thirds of what images cost.
 *
 * @param wire Bits a second.
 */
export function stepSeconds(
  { constant, perImage, cores }: Machine,
  { batch, machines, wire, link }: {
    readonly batch: number;
    readonly machines: number;
    readonly wire: number;
    readonly link: Link;
  },
): number {
  const images = batch * perImage;
  const sending = { ...link, perByte: Math.max(link.perByte, 8 / wire) };
  const work = exchangeSeconds(machines, { ...link, perHop: 0 }) / cores;
  return constant + images / 3 +
    Math.max(2 * images / 3 + work, exchangeSeconds(machines, sending));
}

/** The table of {@linkcode stepSeconds}. */
export function planTable(machine: Machine, link: Link): string {
  const counts = [1, 2, 8, 64];
  const rows = [8, 32].flatMap((batch) =>
    [1e9, 10e9, 25e9, 100e9].map((wire) => [
      `${batch}`,
      wireName(wire),
      ...counts.map((machines) => {
        const [seconds, alone] = [machines, 1].map((machines) =>
          stepSeconds(machine, { batch, machines, wire, link })
        );
        const time = seconds! < 1 ? `${figures(1000 * seconds!)} ms` : `${figures(seconds!)} s`;
        const share = Math.round(100 * alone! / seconds!);
        return `${time}, ${figures(machines * batch / seconds!)}/s, ${share} %`;
      }),
    ])
  );
  const heads = counts.map((count) => count === 1 ? "1 machine" : `${count} machines`);
  return table(["images each", "wire", ...heads], rows);
}

/** `2.5 Gbit/s`. */
export function wireName(bitsPerSecond: number): string {
  return `${bitsPerSecond / 1e9} Gbit/s`;
}
