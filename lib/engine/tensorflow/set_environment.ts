import { OptionError } from "../../errors.ts";
import { type ClusterSpec, workersOnThisHost } from "../cluster.ts";

/**
 * Checks what TensorFlow reads from the environment while it is loaded, and sets what is not set already.
 *
 * @param cluster The cluster in which this process is a worker.
 * @throws {OptionError} If a variable for TensorFlow's threads has no valid number.
 */
export function setEnvironment(cluster?: ClusterSpec): void {
  requireThreadCounts();
  setDefaults(cluster);
}

/** The maximum number of threads: no machine has more, and TensorFlow would try to start them all. */
const maxThreads = 1024;

/** TensorFlow ends the process for some numbers of threads, and ignores what is no number. */
function requireThreadCounts(): void {
  for (const name of ["TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"]) {
    const value = Deno.env.get(name);
    if (!value || (/^\d+$/.test(value) && Number(value) <= maxThreads)) continue;
    throw new OptionError(`${name} must be a whole number up to ${maxThreads}. Received: ${value}`);
  }
}

function setDefaults(cluster?: ClusterSpec): void {
  const workers = cluster ? workersOnThisHost(cluster) : 1;
  const defaults = {
    // Without AVX-512 TensorFlow turns oneDNN off, but convolutional nets train three times as fast
    // with it there too.
    TF_ENABLE_ONEDNN_OPTS: "1",
    // Otherwise TensorFlow takes all of a GPU's memory.
    TF_FORCE_GPU_ALLOW_GROWTH: "true",
    // Takes cuDNN's first deterministic algorithm: trying all of them takes seconds for each new shape
    // and saves a tenth of a step.
    TF_CUDNN_DETERMINISTIC: "1",
    // No notes on how TensorFlow was built; in a cluster no errors either, as a broken cluster throws a
    // ClusterError.
    TF_CPP_MIN_LOG_LEVEL: cluster ? "3" : "2",
    // Workers on one machine share its cores.
    ...(workers > 1 ? { TF_NUM_INTRAOP_THREADS: `${coresFor(workers)}` } : {}),
  };
  for (const [name, value] of Object.entries(defaults)) {
    if (!Deno.env.has(name)) Deno.env.set(name, value);
  }
}

/** The cores for each of several workers on this machine. */
function coresFor(workers: number): number {
  return Math.max(1, Math.floor(navigator.hardwareConcurrency / workers));
}
