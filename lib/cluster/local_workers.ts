import type { ChildCommand } from "./children.ts";

/** Nobody else is in the workers' network, so that every port is free. */
const firstPort = 2222;

/**
 * Workers of a cluster on this machine, the first of which is the chief and has the terminal. Each
 * computes on its share of the cores, unless the environment says otherwise.
 *
 * @param words What each runs.
 */
export function localWorkers(count: number, words: readonly string[]): ChildCommand[] {
  const worker = Array.from({ length: count }, (_, index) => `127.0.0.1:${firstPort + index}`);
  const share = Math.max(1, Math.floor(navigator.hardwareConcurrency / count));
  return worker.map((_, index) => ({
    name: `worker ${index}`,
    words,
    env: {
      TF_NUM_INTRAOP_THREADS: Deno.env.get("TF_NUM_INTRAOP_THREADS") ?? String(share),
      TF_CONFIG: JSON.stringify({ cluster: { worker }, task: { type: "worker", index } }),
    },
    hasTerminal: index === 0,
  }));
}
