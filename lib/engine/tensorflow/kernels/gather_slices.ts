import { tf } from "../../tf.ts";
import { currentBinding } from "../current_backend.ts";
import { integer, typeOf } from "./attributes.ts";
import type { KernelOverride } from "./override.ts";
import { runOp } from "./run.ts";

/**
 * Gathers slices in a compiled function. tfjs-node reads the indices first, to refuse those out of range,
 * but a traced function has no values; there TensorFlow refuses them itself.
 */
export const gatherSlices: KernelOverride = ({ inputs: { x, indices }, attrs }) => {
  if (!currentBinding().tracer) return undefined;
  const { axis: along, batchDims } = attrs as { readonly axis: number; readonly batchDims: number };
  // Throws if these do not fit the shapes, as TensorFlow.js does.
  tf.backend_util.segment_util.collectGatherOpShapeInfo(
    x as tf.Tensor,
    indices as tf.Tensor,
    along,
    batchDims,
  );
  const axis = tf.scalar(along, "int32");
  const attributes = [
    integer("batch_dims", batchDims),
    typeOf("Tparams", x!.dtype),
    typeOf("Tindices", indices!.dtype),
    typeOf("Taxis", "int32"),
  ];
  const result = runOp("GatherV2", attributes, [x!, indices!, axis]);
  axis.dispose();
  return result;
};
