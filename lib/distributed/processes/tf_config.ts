import { z } from "zod";
import { oneLine } from "../../display/format.ts";
import type { ClusterSpec } from "../../engine/cluster.ts";
import { OptionError } from "../../errors.ts";
import type { ChildCommand } from "./children.ts";

/** The environment variable by which users of TensorFlow name the machines that train together. */
export const clusterVariable = "TF_CONFIG";

const addresses = z.array(z.string().regex(/^.+:\d+$/, "must be host:port"));
const schema = z.object({
  cluster: z.strictObject({
    chief: addresses.max(1).default([]),
    worker: addresses.default([]),
  }),
  task: z.object({
    type: z.enum(["chief", "worker"]),
    index: z.number().int().nonnegative(),
  }),
});

/**
 * Reads a cluster in TensorFlow's format: `{"cluster": {"worker": ["alpha:2222", "beta:2222"]},
 * "task": {"type": "worker", "index": 0}}`. The chief is the task of type `chief` or, if there is none,
 * worker 0.
 *
 * @returns The cluster, or nothing if it has a single process, which trains alone.
 * @throws {OptionError} If the text does not describe such a cluster.
 */
export function readTFConfig(text: string): ClusterSpec | undefined {
  const { cluster: { chief, worker }, task } = parse(text);
  const workers = [...chief, ...worker];
  const index = task.type === "chief" ? task.index : chief.length + task.index;
  const address = (task.type === "chief" ? chief : worker)[task.index];
  if (address === undefined) {
    throw new OptionError(
      `${clusterVariable}: the task must be in the cluster. Received: ${task.type} ` +
        `${task.index} of ${workers.join(", ") || "none"}`,
    );
  }
  const duplicate = workers.find((worker, position) => workers.indexOf(worker) < position);
  if (duplicate) {
    throw new OptionError(
      `${clusterVariable}: addresses must differ. Received: ${duplicate}, more than once`,
    );
  }
  return workers.length > 1 ? { workers, index } : undefined;
}

function parse(text: string): z.infer<typeof schema> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof z.ZodError
      ? error.issues.map(({ path, message }) => `${path.join(".") || "value"}: ${message}`)
        .join("; ")
      : (error as Error).message;
    throw new OptionError(
      oneLine(`${clusterVariable} must be a cluster of workers: ${reason}. Received: ${text}`),
    );
  }
}

/** The workers' network has no other processes, so that every port is free. */
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
