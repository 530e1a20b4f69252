import { defaultBucketBytes } from "../../../lib/training/step/all_reduce.ts";
import type { Section } from "../document.ts";
import { table } from "../report.ts";
import { wireName } from "./plan.ts";
import { type Exchange, oneMessage } from "./protocol.ts";
import { exchangeOf, netOf, stepOf } from "./steps.ts";
import { measureInTurns, measureOpened, type Taken, tellTaken } from "./turns.ts";
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

/** @param obstacle Why no slower wire was measured. */
export function messagesSection(all: readonly WaysOver[], obstacle?: string): Section {
  const heads = ["messages", "sent", ...all.map(({ wire }) => wire ? wireName(wire) : "loopback")];
  const rows = ways.map((way, at) => [
    way.messageBytes === oneMessage ? "one" : `${way.messageBytes / 2 ** 20} MiB`,
    way.overlaps ? "as they come" : "after all",
    ...all.map(({ taken }) => tellTaken(taken[at]!)),
  ]);
  const without = obstacle ? ` Slower wires were not measured: ${obstacle}.` : "";
  return {
    title: "Sizes of messages, and overlap",
    about: about + without,
    table: table(heads, rows),
  };
}

function nameOf({ messageBytes, overlaps }: Way): string {
  return `${messageBytes} ${overlaps}`;
}

const about =
  "Measured: milliseconds of a step of VGG-A at 32 px and full width, two workers with one core each, " +
  "over the loopback, unlimited or limited for each worker to the speed of a wire (Linux's token " +
  "bucket filter); medians, with the shortest in brackets. Gradients are computed from the last layer " +
  "to the first. As they come: a message is sent as soon as its gradients are computed, during the " +
  "backward pass; after all: when the backward pass has ended. Overlapping hides the wait for a wire; " +
  "on the loopback the same core does all the work, so there is nothing to hide. A single message is " +
  "slowest everywhere: nothing overlaps, and the gradients must be copied together and apart. " +
  `The library sends ${defaultBucketBytes / 2 ** 20} MiB as they come.`;
