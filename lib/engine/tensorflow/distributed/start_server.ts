import { ClusterError, type ClusterSpec } from "../../cluster.ts";
import { type CApi, TensorFlowError } from "../capi/c_api.ts";
import { serverDef } from "./server_def.ts";

/**
 * Starts this process's gRPC server, to which the other workers' collectives connect. Call it before
 * any tensor is made, as it changes the names of the devices.
 *
 * @param context The `TFE_Context`.
 * @throws {ClusterError} If the server cannot listen on its port.
 */
export function startServer(api: CApi, context: Deno.PointerObject, cluster: ClusterSpec): void {
  const definition = serverDef(cluster);
  api.call.TFE_EnableCollectiveOps(context, definition, BigInt(definition.length), api.status);
  try {
    api.check();
  } catch (error) {
    if (!(error instanceof TensorFlowError)) throw error;
    const address = cluster.workers[cluster.index];
    throw new ClusterError(
      `cannot listen on ${address} (${error.message}): another process may use the port`,
    );
  }
}
