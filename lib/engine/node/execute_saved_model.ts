import type { TFSavedModel } from "@tensorflow/tfjs-node-gpu/dist/saved_model.js";
import { tf } from "../tf.ts";

type Class = typeof TFSavedModel;
type Arguments = ConstructorParameters<Class>;

/** Private members of tfjs-node's model. */
interface Internals {
  readonly disposed: boolean;
  readonly sessionId: number;
  readonly signature: Arguments[2];
  readonly backend: Arguments[3];
}

/**
 * Gives tfjs-node's SavedModels the method `execute`, which tfjs-node only declares. An output is named as
 * in the signature, or as a tensor of the graph.
 */
export function addExecute(model: Class): void {
  model.prototype.execute = function (inputs, outputs): tf.Tensor | tf.Tensor[] {
    const { disposed, sessionId, signature, backend } = this as unknown as Internals;
    if (disposed) throw new Error("The TFSavedModel has already been deleted!");
    const infos = [outputs].flat().map((name) =>
      signature.outputs[name] ?? { name, dtype: "float32" as const }
    );
    const chosen = { inputs: signature.inputs, outputs: Object.fromEntries(infos.entries()) };
    const computed = new model(sessionId, -1, chosen, backend).predict(inputs);
    const tensors = computed instanceof tf.Tensor ? [computed] : Object.values(computed);
    return Array.isArray(outputs) ? tensors : tensors[0]!;
  };
}
