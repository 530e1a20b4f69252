import type { Precision } from "./compile.ts";
import type { tf } from "./tf.ts";

/** Processes that train one net together; each is told of all of them and which it is. */
export interface ClusterSpec {
  /** `host:port` of every worker; the first one is the chief. */
  readonly workers: readonly string[];
  /** Which of them this process is. */
  readonly index: number;
}

/** How many of the workers are on this one's machine, by their hosts' names; itself included. */
export function workersOnThisHost({ workers, index }: ClusterSpec): number {
  const hosts = workers.map((address) => address.replace(/:\d+$/, ""));
  return hosts.filter((host) => host === hosts[index]).length;
}

/** How a process works within a cluster. */
export interface ClusterOptions extends ClusterSpec {
  /** The longest wait for another worker, which may be starting or busy. Default 10. */
  readonly timeoutMinutes?: number;
  /**
   * Told, once, that a worker is lost: nothing of the cluster ends well after that. What it throws
   * becomes the error's cause.
   */
  readonly onLost?: (error: ClusterError) => void;
}

/** A worker is lost, or never came: the cluster cannot go on. */
export class ClusterError extends Error {
  override readonly name = "ClusterError";
}

/**
 * The sums over all workers within one compiled function. They are matched by their order: every worker
 * must run the same function and ask for the same sums in it.
 */
export interface AllReduce {
  /** To be called where the function begins: the next sum is its first. */
  reset(): void;
  /**
   * The sum of a tensor over all workers, the same to the last bit on each. It has no gradient.
   *
   * @param precision In what it is sent and added up. Default float32.
   */
  reduce(tensor: tf.Tensor, precision?: Precision): tf.Tensor;
}

/** A worker's share of a training step, for layers that look at the whole batch. */
export interface ReplicaContext {
  readonly sums: AllReduce;
  /** The worker has every `of`-th image of a batch, from this one on. */
  readonly index: number;
  readonly of: number;
  /** 1, or 0 where the images are another worker's as well and must not count. */
  readonly counts: tf.Scalar;
}

/** The workers that an engine computes with. What waits for them throws {@linkcode ClusterError}. */
export interface Cluster extends ClusterSpec {
  readonly size: number;
  /** For one function; all workers must ask for theirs in the same order. */
  newAllReduce(): AllReduce;
  /** Gives what the chief has to all others, who pass nothing; it must be what JSON can say. */
  broadcast<Value>(value?: Value): Promise<Value>;
  /** The same for numbers: the others' are overwritten. */
  broadcastNumbers(values: Float32Array<ArrayBuffer>): Promise<void>;
  /** The sums of numbers over all workers, who each pass as many. */
  allReduceNumbers(values: Float32Array<ArrayBuffer>): Promise<Float32Array>;
  /** Waits for work that waits for other workers, but not longer than the cluster's patience. */
  withTimeout<Result>(work: Promise<Result>): Promise<Result>;
  /** Waits until every worker is here, and then looks after none of them any more. */
  leave(): Promise<void>;
}
