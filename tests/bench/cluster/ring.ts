/** What carries sums from worker to worker. */
export interface Link {
  /** Seconds for each byte that a worker sends while it receives as much. */
  readonly perByte: number;
  /** Seconds that each of a ring's steps takes beside its bytes. */
  readonly perHop: number;
}

/** How often each worker of a ring sends: once around to add up, once to tell all the sums. */
export function hopsOf(workers: number): number {
  return 2 * (workers - 1);
}

/** What each worker of a ring sends for a sum of a tensor: at each hop, its part of the tensor. */
export function bytesSent(bytes: number, workers: number): number {
  return hopsOf(workers) * bytes / workers;
}

/** How long a ring takes for the sum of one tensor (Patarasuk and Yuan, 2009). */
export function ringSeconds(bytes: number, workers: number, { perByte, perHop }: Link): number {
  return hopsOf(workers) * perHop + bytesSent(bytes, workers) * perByte;
}
