import { fileURLToPath } from "node:url";
import { median } from "../statistics.ts";
import { WorkerProcess } from "../worker_process.ts";
import type { Answer } from "./protocol.ts";

/** What two processes make of a plain connection. */
export interface PlainConnection {
  /** Seconds from a byte's start to the answer of the other side. */
  readonly roundTrip: number;
  /** Bytes a second while one sends. */
  readonly oneWay: number;
  /** Bytes a second of each while both send, as all do in a ring. */
  readonly bothWays: number;
}

const ports = [2200, 2201] as const;
const bytes = 64 * 2 ** 20;
const limit = 60;

/** Measures connections between two processes of this machine. */
export async function measurePlainConnection(rounds: number): Promise<PlainConnection> {
  const script = fileURLToPath(new URL("tcp_peer.ts", import.meta.url));
  const peers = [ports, ports.toReversed()].map((own) =>
    new WorkerProcess({
      program: Deno.execPath(),
      words: ["run", "-A", script, ...own.map(String)],
    })
  );
  const [one] = peers as [WorkerProcess, WorkerProcess];
  try {
    // Both listen once they answer.
    await Promise.all(peers.map((peer) => send(peer, 0, 0)));
    const small = await send(one, 1, 100 * rounds);
    const alone = await send(one, bytes, rounds);
    const both = (await Promise.all(peers.map((peer) => send(peer, bytes, rounds)))).flat();
    return {
      roundTrip: median(small),
      oneWay: bytes / median(alone),
      bothWays: bytes / median(both),
    };
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()));
  }
}

async function send(peer: WorkerProcess, bytes: number, times: number): Promise<readonly number[]> {
  const { seconds } = await peer.ask<Answer>({ send: bytes, times }, limit);
  return seconds;
}
