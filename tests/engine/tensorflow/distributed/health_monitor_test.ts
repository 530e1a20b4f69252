import assert from "node:assert/strict";
import { ClusterError, type ClusterOptions } from "../../../../lib/engine/cluster.ts";
import type { Binding } from "../../../../lib/engine/tensorflow/binding.ts";
import { TensorFlowCluster } from "../../../../lib/engine/tensorflow/distributed/cluster.ts";

const unavailable = 14;
const message = new TextEncoder().encode("connection refused\0");

/** A stub of the part of TensorFlow that checks other workers' health and aborts collectives. */
class Network {
  /** The `TF_Code` of the next health checks; an error if the check itself fails. */
  answer: number | Error = 0;
  #abort!: (error: Error) => void;
  /** Work that waits forever for another worker. */
  readonly work = new Promise<never>((_, reject) => this.#abort = reject);

  /** The boundary to the binding, of which a cluster without sums only uses these functions. */
  get binding(): Binding {
    const status = Deno.UnsafePointer.of(message);
    const call = {
      TF_NewStatus: () => status,
      TF_DeleteStatus: () => {},
      TF_SetStatus: () => {},
      TF_GetCode: () => this.answer,
      TF_Message: () => status,
      checkPeerAsync: () =>
        this.answer instanceof Error ? Promise.reject(this.answer) : Promise.resolve(),
      TFE_AbortCollectiveOps: () => this.#abort(new Error("aborted")),
    };
    return { context: { api: { call }, handle: status } } as unknown as Binding;
  }
}

/** The error of work that waits for worker 1, after worker 1's health checks have changed. */
async function errorOfWork(
  answer: number | Error,
  onLost: NonNullable<ClusterOptions["onLost"]>,
): Promise<Error> {
  const network = new Network();
  const spec = { workers: ["alpha:2222", "beta:2222"], index: 0 };
  const cluster = await TensorFlowCluster.form(network.binding, { ...spec, onLost });
  network.answer = answer;
  return await cluster.withTimeout(network.work).catch((error) => error);
}

Deno.test("a worker whose health cannot be checked counts as lost", async () => {
  const reported: ClusterError[] = [];
  const failure = new Error("no memory for a status");
  const error = await errorOfWork(failure, (error) => reported.push(error));
  assert.deepEqual(reported, [error]);
  assert.ok(error instanceof ClusterError);
  assert.equal(error.message, "worker 1 (beta:2222) cannot be checked (no memory for a status)");
});

Deno.test("what onLost throws becomes the cause of the error of waiting work", async () => {
  const thrown = new Error("thrown by onLost");
  const error = await errorOfWork(unavailable, () => {
    throw thrown;
  });
  assert.ok(error instanceof ClusterError);
  assert.match(error.message, /^worker 1 \(beta:2222\) is gone \(connection refused\)$/);
  assert.equal(error.cause, thrown);
});
