import { groupsOf } from "../../../lib/training/step/all_reduce.ts";
import { bytesSent, hopsOf, type Link } from "./ring.ts";

/** A layer's gradients. */
export interface Gradients {
  /** Numbers. */
  readonly size: number;
  /** The share of the backward pass after which they are there, from 0 to 1. */
  readonly at: number;
}

/** One worker's step without the others. */
export interface LocalStep {
  /** Seconds. */
  readonly forward: number;
  readonly backward: number;
  /** Seconds of what comes after all sums. */
  readonly update: number;
  /** From the first layer to the last; those of the first end the backward pass. */
  readonly gradients: readonly Gradients[];
}

/** How gradients go around. */
export interface SimulatedExchange {
  readonly workers: number;
  readonly link: Link;
  /** The share of its computing that a worker loses while messages are under way, from 0 to 1. */
  readonly burden: number;
  readonly bytesPerNumber: number;
  /** As float32, whatever they are sent as. */
  readonly messageBytes: number;
  /** Whether a message is sent when its gradients are there, or all of them after the backward pass. */
  readonly overlaps: boolean;
}

/** What came out. */
export interface SimulatedStep {
  readonly seconds: number;
  /** Seconds by which the exchange makes the step longer. */
  readonly added: number;
}

/** A message that waits or is under way. */
interface Message {
  /** Seconds of forward and backward pass after which it can be sent. */
  readonly from: number;
  /** Seconds on the link. */
  readonly length: number;
}

/**
 * Follows one step of all workers, which are alike: gradients come layer by layer, from the last to the
 * first; messages go one after the other, and only their latencies at the same time. A message takes
 * what {@linkcode ringSeconds} says.
 */
export function simulateStep(local: LocalStep, exchange: SimulatedExchange): SimulatedStep {
  const { forward, backward, update } = local;
  const alone = forward + backward + update;
  if (exchange.workers === 1) return { seconds: alone, added: 0 };
  const { workers, link, burden } = exchange;
  const computing = forward + backward;
  const messages = messagesFrom(local, exchange);
  let [now, done] = [0, 0];
  for (const { from, length } of messages) {
    // Nothing is under way: the worker computes at its full speed until there is a message.
    if (from > done) [now, done] = [now + from - done, from];
    now += length;
    done = Math.min(computing, done + length * (1 - burden));
  }
  const seconds = now + hopsOf(workers) * link.perHop + update;
  return { seconds, added: seconds - alone };
}

function messagesFrom(
  { forward, backward, gradients }: LocalStep,
  { workers, link, bytesPerNumber, messageBytes, overlaps }: SimulatedExchange,
): Message[] {
  return groupsOf(gradients, messageBytes).map((message) => {
    const numbers = message.reduce((sum, { size }) => sum + size, 0);
    const at = overlaps ? Math.max(...message.map(({ at }) => at)) : 1;
    return {
      from: forward + at * backward,
      length: bytesSent(numbers * bytesPerNumber, workers) * link.perByte,
    };
  });
}
