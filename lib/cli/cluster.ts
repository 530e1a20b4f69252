import { clusterVariable, readTFConfig } from "../distributed/processes/tf_config.ts";
import type { ClusterOptions } from "../engine/cluster.ts";
import { endWithError } from "./errors.ts";

/**
 * Milliseconds in which a worker of a broken cluster may finish its writes and end. After that it is ended:
 * what it waits for may never come.
 */
const grace = 2500;

/** Reads this process's cluster from the environment, if it names one. */
export function clusterOfEnvironment(timeoutMinutes?: number): ClusterOptions | undefined {
  const text = Deno.env.get(clusterVariable);
  const place = text ? readTFConfig(text) : undefined;
  return place && {
    ...place,
    ...(timeoutMinutes === undefined ? {} : { timeoutMinutes }),
    onLost: (error) => setTimeout(() => endWithError(error), grace),
  };
}
