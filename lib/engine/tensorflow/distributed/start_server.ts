import { ClusterError, type ClusterSpec } from "../../cluster.ts";
import { type CApi, TensorFlowError } from "../capi/c_api.ts";
import { serverDef } from "./server_def.ts";

/**
 * Starts this process's gRPC server, which the other workers' collectives reach. It must be before any
 * tensor is made: devices have other names from then on.
 *
 * @param context TensorFlow's.
 * @throws {ClusterError} Where the port is not free.
 */
export function listen(api: CApi, context: Deno.PointerObject, place: ClusterSpec): void {
  const definition = serverDef(place);
  api.call.TFE_EnableCollectiveOps(context, definition, BigInt(definition.length), api.status);
  try {
    api.check();
  } catch (error) {
    if (!(error instanceof TensorFlowError)) throw error;
    throw new ClusterError(
      `cannot listen on ${
        place.workers[place.index]
      } (${error.message}): another process may have ` +
        "the port",
    );
  }
}
