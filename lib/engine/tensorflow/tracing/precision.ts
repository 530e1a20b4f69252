import type { Precision } from "../../compile.ts";
import { DataType } from "../capi/c_api.ts";

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
]);

/** Ops that only move numbers, by how many of their inputs these are in: what is in bfloat16 stays so. */
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
 * @param operands The types in which its inputs of that type are there.
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
