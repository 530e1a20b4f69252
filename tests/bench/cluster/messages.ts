import { defaultBucketBytes } from "../../../lib/training/step/all_reduce.ts";
import type { Section } from "../document.ts";
import { figures, table } from "../report.ts";
import type { Line } from "./fit_line.ts";
import { linkOver } from "./link_over.ts";
import { localStep } from "./local_step.ts";
import { type Exchange, oneMessage } from "./protocol.ts";
import type { Link } from "./ring.ts";
import { simulateStep } from "./simulate.ts";
import { batch, exchangeOf, netOf, stepOf } from "./steps.ts";
import { bytesPerNumber } from "./sums.ts";
import { tellWire } from "./tell.ts";
import { measureInTurns, measureOpened, type Taken } from "./turns.ts";
import { shapedWire } from "./wire.ts";
import { WorkerGroup } from "./worker_group.ts";

/** A way to send gradients. */
type Way = Pick<Exchange, "messageBytes" | "overlaps">;

const network = netOf(1);
const workers = 2;

const ways: readonly Way[] = [
  ...[1, 8, 32].flatMap((mebibytes) =>
    [true, false].map((overlaps) => ({ messageBytes: mebibytes * 2 ** 20, overlaps }))
  ),
  { messageBytes: oneMessage, overlaps: true },
];

/** What each way took over one wire. */
export interface WaysOver {
  /** Bits a second of each worker; nothing for the loopback as it is. */
  readonly wire: number | undefined;
  /** In the order of the ways. */
  readonly taken: readonly Taken[];
}

/**
 * Measures two workers' steps with messages of several sizes.
 *
 * @param wires Bits a second that each worker may send, beside the loopback as it is.
 */
export async function measureMessages(
  rounds: number,
  wires: readonly number[],
): Promise<WaysOver[]> {
  await using group = new WorkerGroup({ size: workers, pinned: true });
  const turns = ways.map((way) => ({
    name: nameOf(way),
    group,
    work: stepOf(network, exchangeOf(way)),
    times: 2,
  }));
  const inOrder = (taken: ReadonlyMap<string, Taken>): Taken[] =>
    ways.map((way) => taken.get(nameOf(way))!);
  const all: WaysOver[] = [
    { wire: undefined, taken: inOrder(await measureInTurns(turns, rounds)) },
  ];
  for (const wire of wires) {
    await using _shaped = await shapedWire(workers * wire);
    all.push({ wire, taken: inOrder(await measureOpened(turns, rounds)) });
  }
  return all;
}

/** @param link Of sums, where nothing but the workers themselves is slow. */
export function messagesSection(
  all: readonly WaysOver[],
  { alone, link, obstacle }: {
    readonly alone: Line;
    readonly link: Link;
    /** Why no slower wire was measured. */
    readonly obstacle?: string;
  },
): Section {
  const heads = [
    "messages",
    "sent",
    ...all.flatMap(({ wire }) => [wire ? tellWire(wire) : "loopback", "simulated"]),
  ];
  const rows = ways.map((way, at) => [
    way.messageBytes === oneMessage ? "one" : `${way.messageBytes / 2 ** 20} MiB`,
    way.overlaps ? "as they come" : "after all",
    ...all.flatMap(({ wire, taken }) => [
      `${figures(1000 * taken[at]!.median)} (${figures(1000 * taken[at]!.best)})`,
      figures(1000 * simulated(way, wire, alone, link)),
    ]),
  ]);
  const without = obstacle ? ` Slower wires were not measured: ${obstacle}.` : "";
  return {
    title: "Sizes of messages, and overlap",
    about: about + without,
    table: table(heads, rows),
  };
}

function simulated(way: Way, wire: number | undefined, alone: Line, link: Link): number {
  const local = localStep(network, batch, alone);
  const over = linkOver(link, wire ? 8 / wire : 0, 1);
  const sent = { workers, bytesPerNumber: bytesPerNumber.float32 };
  return simulateStep(local, { ...sent, ...over, ...way }).seconds;
}

function nameOf({ messageBytes, overlaps }: Way): string {
  return `${messageBytes} ${overlaps}`;
}

const about =
  "Measured: milliseconds of a step of VGG-A at 32 px and full width, two workers with a core each, " +
  "over the loopback as it is and made as slow as a wire of so many bits a second for each worker " +
  "(Linux's token bucket filter); medians, and in brackets the shortest. Gradients go from the last " +
  "layer to the first. As they come: a message is sent as soon as its gradients are there, while the " +
  "backward pass goes on; after all: when the backward pass has ended. Beside it what the simulation " +
  "makes of the constants above: bytes go at the pace of the wire or of the core, whichever is " +
  "slower, and what the core does for them is taken from computing. So an overlap hides waiting for " +
  "a wire, but on the loopback, where all is work of the same core, there is nothing to hide. " +
  "All in one message is slowest everywhere: nothing overlaps, and it must be copied together and " +
  "apart, which the simulation leaves out. " +
  `The library sends ${defaultBucketBytes / 2 ** 20} MiB as they come.`;
