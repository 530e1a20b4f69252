import type { ChildCommand } from "./children.ts";
import { clusterVariable } from "./tf_config.ts";

/** The workers have a private network, in which every port is free. */
const firstPort = 2222;

/**
 * Returns the commands of a cluster's workers on this machine. The first one is the chief and has the
 * terminal.
 *
 * @param words The program that each worker runs, and its arguments.
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
