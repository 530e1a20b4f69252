import type { tf } from "./tf.ts";

/** The processes that train one net together, and which of them this one is. */
export interface ClusterSpec {
  /** `host:port` of every worker; the first one is the chief. */
  readonly workers: readonly string[];
  /** The index of this process in `workers`. */
  readonly index: number;
}

/** The number of workers on this worker's machine, itself included. Machines are told apart by host name. */
export function workersOnThisHost({ workers, index }: ClusterSpec): number {
  const hosts = workers.map((address) => address.replace(/:\d+$/, ""));
  return hosts.filter((host) => host === hosts[index]).length;
}

/** How a process works within a cluster. */
export interface ClusterOptions extends ClusterSpec {
  /** How long to wait for another worker, which may be starting or busy. Default 10. */
  readonly timeoutMinutes?: number;
  /**
   * Called once, when a worker is lost; all work that involves other workers fails from then on. What
   * it throws becomes the error's cause.
   */
  readonly onLost?: (error: ClusterError) => void;
}

/** A worker is lost or never came, so the cluster cannot continue. */
export class ClusterError extends Error {
  /** `ClusterError`. */
  override readonly name = "ClusterError";
}

/**
 * The sums over all workers within one compiled function. They are matched by their order: every worker
 * must run the same function and call {@linkcode AllReduce.reduce} the same number of times in it.
 */
export interface AllReduce {
  /** Call it at the beginning of the function: the next sum is the first one again. */
  reset(): void;
  /** The sum of a float32 tensor over all workers, bit for bit the same on each. It has no gradient. */
  reduce(tensor: tf.Tensor): tf.Tensor;
}

/** A worker's part in a training step, for layers that need the whole batch. */
export interface ReplicaContext {
  readonly allReduce: AllReduce;
  /** The worker has every `of`-th image of the batch, starting with image `index`. */
  readonly index: number;
  readonly of: number;
  /** 1, or 0 if the images are padding: copies of another worker's, which must not count. */
  readonly sampleMask: tf.Scalar;
}

/** The workers that an engine computes with. Its waiting methods throw {@linkcode ClusterError}. */
export interface Cluster extends ClusterSpec {
  /** The number of workers. */
  readonly size: number;
  /** The sums of one function. All workers must call this in the same order. */
  newAllReduce(): AllReduce;
  /** Sends the chief's value, which must be JSON, to all other workers, who pass none. */
  broadcast<Value>(value?: Value): Promise<Value>;
  /** Overwrites every other worker's numbers by the chief's. */
  broadcastNumbers(values: Float32Array<ArrayBuffer>): Promise<void>;
  /** Sums numbers over all workers, who each pass the same number of them. */
  allReduceNumbers(values: Float32Array<ArrayBuffer>): Promise<Float32Array>;
  /** Waits for work that involves other workers, for the cluster's timeout at most. */
  withTimeout<Result>(work: Promise<Result>): Promise<Result>;
  /** Waits until every worker calls this, and then stops monitoring them. */
  leave(): Promise<void>;
}
