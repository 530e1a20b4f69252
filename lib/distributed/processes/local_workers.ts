import type { ChildCommand } from "./children.ts";
import { clusterVariable } from "./tf_config.ts";

/** Nobody else is in the workers' network, so that every port is free. */
const firstPort = 2222;

/**
 * Workers of a cluster on this machine, the first of which is the chief and has the terminal.
 *
 * @param words What each runs.
 */
export function localWorkers(count: number, words: readonly string[]): ChildCommand[] {
  const worker = Array.from({ length: count }, (_, index) => `127.0.0.1:${firstPort + index}`);
  return worker.map((_, index) => ({
    name: `worker ${index}`,
    words,
    env: {
      [clusterVariable]: JSON.stringify({ cluster: { worker }, task: { type: "worker", index } }),
    },
    hasTerminal: index === 0,
  }));
}
