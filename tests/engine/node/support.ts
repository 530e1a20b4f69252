import { currentBinding } from "../../../lib/engine/tensorflow/current_backend.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { countHandles, testWithTensorFlow } from "../tensorflow/support.ts";

/** What a program gets that imports tfjs-node. */
export type TfjsNode = typeof import("../../../lib/engine/tfjs_node.ts").default;

/** Registers a test of the module that stands in for tfjs-node, on the native engine. */
export function testTfjsNode(
  name: string,
  run: (tfjsNode: TfjsNode) => void | Promise<void>,
): void {
  testWithTensorFlow(name, async () => {
    // Imported here: the import starts the engine.
    await run((await import("../../../lib/engine/tfjs_node.ts")).default);
  });
}

/** What a test must leave as it found it: tensors, TensorFlow's handles, SavedModels in memory. */
export function held(): readonly number[] {
  return [tf.memory().numTensors, countHandles(), currentBinding().getNumOfSavedModels()];
}

/** The values of a tensor, which is disposed of. */
export function take(tensor: tf.Tensor): number[] {
  const values = [...tensor.dataSync()];
  tensor.dispose();
  return values;
}
