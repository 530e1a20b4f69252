import type { Pointer } from "../../../open_library.ts";
import protobuf from "protobufjs";
import { ClusterError, type ClusterSpec } from "../../cluster.ts";
import { type CApi, TensorFlowError } from "../capi/c_api.ts";

/** The parts of TensorFlow's `config.proto` and `tensorflow_server.proto` that define a cluster. */
const schema = `
syntax = "proto3";
message JobDef { string name = 1; map<int32, string> tasks = 2; }
message ClusterDef { repeated JobDef job = 1; }
message ConfigProto {
  message Experimental { string collective_group_leader = 1; }
  repeated string device_filters = 4;
  bool allow_soft_placement = 7;
  Experimental experimental = 16;
}
message ServerDef {
  ClusterDef cluster = 1;
  string job_name = 2;
  int32 task_index = 3;
  ConfigProto default_session_config = 4;
  string protocol = 5;
}`;

const types = protobuf.parse(schema, { keepCase: true }).root;
const job = "worker";

/** TensorFlow's name of a worker. */
export function taskName(index: number): string {
  return `/job:${job}/replica:0/task:${index}`;
}

/** The `ServerDef` that starts the gRPC server of a worker. */
export function serverDef({ workers, index }: ClusterSpec): Uint8Array<ArrayBuffer> {
  const type = types.lookupType("ServerDef");
  const message = type.fromObject({
    cluster: { job: [{ name: job, tasks: Object.fromEntries(workers.entries()) }] },
    job_name: job,
    task_index: index,
    default_session_config: {
      allow_soft_placement: true,
      device_filters: [taskName(index)],
      // The leader assigns group ids; without one, every collective waits forever.
      experimental: { collective_group_leader: taskName(0) },
    },
    protocol: "grpc",
  });
  return Uint8Array.from(type.encode(message).finish());
}

/**
 * Starts this process's gRPC server, to which the other workers' collectives connect. Call it before
 * any tensor is made, as it changes the names of the devices.
 *
 * @param context The `TFE_Context`.
 * @throws {ClusterError} If the server cannot listen on its port.
 */
export function startServer(api: CApi, context: Pointer, cluster: ClusterSpec): void {
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
