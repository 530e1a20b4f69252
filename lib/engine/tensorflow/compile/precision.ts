import type { Precision } from "../../compile.ts";
import { DataType } from "../c_api.ts";

/**
 * The ops that compute in bfloat16, as in Keras's `mixed_bfloat16`: those that take nearly all the
 * time, and those between them, which would else cast to and fro. Sums, losses and updates stay in
 * float32, where small numbers are added to large ones.
 */
const reducedOps = new Set([
  "BiasAdd",
  "BiasAddGrad",
  "Conv2D",
  "Conv2DBackpropFilter",
  "Conv2DBackpropInput",
  "FusedBatchNormGradV3",
  "FusedBatchNormV3",
  "MatMul",
  "MaxPool",
  "MaxPoolGrad",
  "Relu",
  "ReluGrad",
  "Reshape",
]);

/** Whether an op of this main type (its attribute `T`) computes in bfloat16. */
export function isReduced(precision: Precision, op: string, mainType: unknown): boolean {
  return precision === "bfloat16" && mainType === DataType.float32 && reducedOps.has(op);
}
