import assert from "node:assert/strict";
import { inPrivateNetwork } from "../../lib/distributed/processes/private_network.ts";
import { findLibrary } from "../../lib/engine/tensorflow/library/find_library.ts";
import { scriptWords, testInNetwork } from "./support.ts";

/** Workers to start, and what is done to one of them. */
export interface Order {
  /** What each runs. */
  readonly words: readonly (readonly string[])[];
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: {
    /** The worker's number. */
    readonly to: number;
    readonly name: Deno.Signal;
    /** Milliseconds since all were started, or since the run got so far. */
    readonly after: number;
    /** A run's folder that has a checkpoint of so many steps. */
    readonly once?: { readonly directory: string; readonly steps: number };
  };
}

/** How a worker ended. */
export interface WorkerEnd {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly out: string;
  readonly err: string;
  /** Since the signal was sent, if it was. */
  readonly seconds?: number;
}

/** Runs workers of one cluster in a network of their own, and waits for all of them. */
export async function inCluster(order: Order): Promise<WorkerEnd[]> {
  const words = inPrivateNetwork(scriptWords("cluster_process.ts", JSON.stringify(order)));
  const { code, stdout, stderr } = await new Deno.Command(words[0]!, { args: words.slice(1) })
    .output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** The same, where all must end well. */
export async function allWell(order: Order): Promise<WorkerEnd[]> {
  const ends = await inCluster(order);
  for (const { code, err } of ends) assert.equal(code, 0, err);
  return ends;
}

/** So many times the same words. */
export function times(count: number, words: readonly string[]): string[][] {
  return Array.from({ length: count }, () => [...words]);
}

const library = await findLibrary();

/** Registers a test of workers, which is skipped with a word where there can be none. */
export function testOfWorkers(name: string, fn: () => Promise<void>): void {
  if (library) return testInNetwork(name, fn);
  Deno.test({ name: `${name} (skipped: no native engine, see deno task setup)`, ignore: true, fn });
}
