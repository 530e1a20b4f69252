import assert from "node:assert/strict";
import { ClusterError, type ClusterOptions } from "../../../../lib/engine/cluster.ts";
import type { Binding } from "../../../../lib/engine/tensorflow/binding.ts";
import { TensorFlowCluster } from "../../../../lib/engine/tensorflow/distributed/cluster.ts";

const unavailable = 14;
const message = new TextEncoder().encode("connection refused\0");

/** Stands in for the part of TensorFlow that asks other workers and ends what waits for them. */
class Network {
  /** The code of the next answers; an error where asking itself fails. */
  answer: number | Error = 0;
  #abort!: (error: Error) => void;
  /** Work that waits for another worker, for ever. */
  readonly work = new Promise<never>((_, reject) => this.#abort = reject);

  /** The boundary to the binding, of which a cluster that sums nothing needs this alone. */
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
    return { context: { api: { call }, context: status } } as unknown as Binding;
  }
}

/** How work that waits for worker 1 ends once asking worker 1 gives an answer. */
async function endOfWork(
  answer: number | Error,
  onLost: NonNullable<ClusterOptions["onLost"]>,
): Promise<Error> {
  const network = new Network();
  const place = { workers: ["alpha:2222", "beta:2222"], index: 0 };
  const cluster = await TensorFlowCluster.form(network.binding, { ...place, onLost });
  network.answer = answer;
  return await cluster.withTimeout(network.work).catch((error) => error);
}

Deno.test("a worker that cannot be asked counts as lost", async () => {
  const told: ClusterError[] = [];
  const failure = new Error("no memory for a status");
  const error = await endOfWork(failure, (error) => told.push(error));
  assert.deepEqual(told, [error]);
  assert.ok(error instanceof ClusterError);
  assert.equal(
    error.message,
    "worker 1 (beta:2222) cannot be asked whether it is there (no memory for a status)",
  );
});

Deno.test("what onLost throws becomes the cause of the error that work ends with", async () => {
  const thrown = new Error("thrown by onLost");
  const error = await endOfWork(unavailable, () => {
    throw thrown;
  });
  assert.ok(error instanceof ClusterError);
  assert.match(error.message, /^worker 1 \(beta:2222\) is gone \(connection refused\)$/);
  assert.equal(error.cause, thrown);
});
