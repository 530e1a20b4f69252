import { tf } from "../tf.ts";

/** What tfjs-node adds to TensorFlow.js. */
export interface TfjsNode {
  /** Its own functions, `tf.node`. */
  readonly node: typeof import("@tensorflow/tfjs-node-gpu/dist/node.js").node;
  /** Its additions to `tf.io`. */
  readonly io: Omit<typeof import("@tensorflow/tfjs-node-gpu/dist/io/index.js"), "default">;
  /** The version of its package. */
  readonly version: string;
}

/** Does what tfjs-node does when it is imported, except for the backend, which the engine brings. */
export async function register(): Promise<TfjsNode> {
  const [{ default: { node } }, { default: io }, router, progress, { default: { version } }] =
    await Promise.all([
      import("@tensorflow/tfjs-node-gpu/dist/node.js"),
      import("@tensorflow/tfjs-node-gpu/dist/io/index.js"),
      import("@tensorflow/tfjs-node-gpu/dist/io/file_system.js"),
      import("@tensorflow/tfjs-node-gpu/dist/callbacks.js"),
      import("@tensorflow/tfjs-node-gpu/dist/version.js"),
    ]);
  const { nodeFileSystemRouter } = router.default;
  tf.io.registerLoadRouter(nodeFileSystemRouter);
  tf.io.registerSaveRouter(nodeFileSystemRouter);
  tf.registerCallbackConstructor(1, progress.default.ProgbarLogger);
  return { node, io, version };
}
