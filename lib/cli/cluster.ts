import { clusterVariable, readTFConfig } from "../distributed/processes/tf_config.ts";
import type { ClusterOptions } from "../engine/cluster.ts";
import { endWithError } from "./errors.ts";

/**
 * Milliseconds in which a worker whose cluster broke may end by itself, having written what it was
 * writing. What it waits for may never come.
 */
const grace = 2500;

/** The cluster that the environment says this process is one of, if it does. */
export function clusterOfEnvironment(timeoutMinutes?: number): ClusterOptions | undefined {
  const text = Deno.env.get(clusterVariable);
  const place = text ? readTFConfig(text) : undefined;
  return place && {
    ...place,
    ...(timeoutMinutes === undefined ? {} : { timeoutMinutes: timeoutMinutes }),
    onLost: (error) => setTimeout(() => endWithError(error), grace),
  };
}
