import { tf } from "../tf.ts";
import { addExecute } from "./execute_saved_model.ts";
import { flushAtExit } from "./flush_at_exit.ts";
import { freeTensors } from "./free_tensors.ts";
import { bucketEqualValues } from "./histogram_buckets.ts";
import { improveReading } from "./read_saved_model.ts";

/** What tfjs-node adds to TensorFlow.js. */
export interface TfjsNode {
  /** Its own functions, `tf.node`. */
  readonly node: typeof import("@tensorflow/tfjs-node-gpu/dist/node.js").node;
  /** Its additions to `tf.io`. */
  readonly io: Omit<typeof import("@tensorflow/tfjs-node-gpu/dist/io/index.js"), "default">;
  /** The version of its package. */
  readonly version: string;
}

/**
 * Does what tfjs-node does when it is imported, except for the backend, which the engine brings: the
 * modules of its package work on the engine, and only the one that loads its addon is left out.
 */
export async function register(): Promise<TfjsNode> {
  const [node, io, router, callbacks, savedModel, tensorBoard, backend, version] = await Promise
    .all([
      import("@tensorflow/tfjs-node-gpu/dist/node.js"),
      import("@tensorflow/tfjs-node-gpu/dist/io/index.js"),
      import("@tensorflow/tfjs-node-gpu/dist/io/file_system.js"),
      import("@tensorflow/tfjs-node-gpu/dist/callbacks.js"),
      import("@tensorflow/tfjs-node-gpu/dist/saved_model.js"),
      import("@tensorflow/tfjs-node-gpu/dist/tensorboard.js"),
      import("@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js"),
      import("@tensorflow/tfjs-node-gpu/dist/version.js"),
    ]);
  const { nodeFileSystemRouter } = router.default;
  tf.io.registerLoadRouter(nodeFileSystemRouter);
  tf.io.registerSaveRouter(nodeFileSystemRouter);
  tf.registerCallbackConstructor(1, callbacks.default.ProgbarLogger);
  addExecute(savedModel.default.TFSavedModel);
  const { NodeJSKernelBackend } = backend.default;
  bucketEqualValues(NodeJSKernelBackend);
  freeTensors(NodeJSKernelBackend);
  flushAtExit(tensorBoard.default.SummaryFileWriter);
  return {
    node: { ...node.default.node, ...improveReading(node.default.node) },
    io: io.default,
    version: version.default.version,
  };
}
