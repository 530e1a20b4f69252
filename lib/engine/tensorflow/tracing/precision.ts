import type { Precision } from "../../compile.ts";
import { DataType } from "../capi/c_api.ts";

/**
 * The ops that compute in bfloat16, as in Keras's `mixed_bfloat16`: those that take nearly all the
 * time, and those between them, which would otherwise need casts back and forth. Sums, losses and
 * updates stay in float32, as they add small numbers to large ones.
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
]);

/** Ops that only move values, by the number of inputs that hold them: bfloat16 values stay bfloat16. */
const movingOps = new Map([
  ["ConcatV2", Infinity],
  ["PadV2", 1],
  ["Reshape", 1],
  ["Slice", 1],
  ["Transpose", 1],
]);

/**
 * Whether an op computes in bfloat16.
 *
 * @param mainType Its attribute `T`.
 * @param operands The present types of its inputs of type `T`.
 */
export function isReduced(
  precision: Precision,
  op: string,
  mainType: unknown,
  operands: readonly number[],
): boolean {
  if (precision !== "bfloat16" || mainType !== DataType.float32) return false;
  if (reducedOps.has(op)) return true;
  const moved = operands.slice(0, movingOps.get(op) ?? 0);
  return moved.length > 0 && moved.every((type) => type === DataType.bfloat16);
}
