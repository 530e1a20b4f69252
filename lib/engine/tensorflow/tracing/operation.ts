import type { CompileOptions } from "../../compile.ts";
import { CompileError } from "../../errors.ts";
import type { OpAttribute } from "../capi/attributes.ts";
import { DataType } from "../capi/c_api.ts";
import { groupInputs, type InputGroup, type OpDefinition } from "../capi/op_definitions.ts";
import { type Graph, type GraphTensor, typeAttribute } from "./graph.ts";
import { isReduced } from "./precision.ts";
import type { TracedTensor, Use } from "./traced_tensor.ts";

/** An op as tfjs-node calls it. */
export interface OpCall {
  readonly name: string;
  readonly definition: OpDefinition;
  readonly attributes: readonly OpAttribute[];
  readonly operands: readonly TracedTensor[];
  readonly outputs: number;
  /** Whether the result is the same in every call. */
  readonly isFixed: boolean;
}

/**
 * Adds a call of an op to a graph, in the types that the precision asks for, or in bfloat16 if the call
 * itself asks for it.
 *
 * @returns Its results, each with a known shape, and what it was computed of.
 * @throws {CompileError} If the shape of a result depends on values.
 */
export function addOperation(
  graph: Graph,
  { name, definition, attributes, operands, outputs, isFixed }: OpCall,
  { precision, inference }: Required<CompileOptions>,
): { results: GraphTensor[]; uses: Use[] } {
  const mainType = attributes.find((attribute) => attribute.name === "T")?.value;
  const operandGroups = groupInputs(name, definition, attributes, operands);
  const types = operandGroups.filter(({ typedBy }) => typedBy === "T")
    .flatMap(({ items }) => items.map(({ tensor }) => tensor.dtype));
  const reduced = mainType === DataType.bfloat16 ||
    !isFixed && isReduced(precision, name, mainType, types) &&
      !isSmallBatch(name, operands, inference);
  const useOf = (operand: TracedTensor, type?: string): Use => ({
    operand,
    dtype: reduced && type === "T" ? DataType.bfloat16 : operand.dtype,
  });
  const uses = operandGroups.flatMap(({ items, typedBy }) =>
    items.map((operand) => useOf(operand, typedBy))
  );
  const groups = operandGroups.map((group) => ({
    ...group,
    items: group.items.map((operand) => operand.as(useOf(operand, group.typedBy).dtype, graph)),
  }));
  const tensors = groups.flatMap(({ items }) => items);
  const operation = graph.add(name, tensors, typedBy(groups, attributes));
  for (const { tensor, onUse } of operands) if (tensors.includes(tensor)) onUse?.(operation);
  const results = graph.outputs(operation, outputs).map((result, index) =>
    isOpaque(name, index) ? { ...result, shape: [] } : withShape(name, result)
  );
  return { results, uses };
}

/** A reshaped tensor in another type: the operands of the `Reshape`, the first in that type. */
export function reshapeAs(
  graph: Graph,
  dtype: number,
  [operand, shape]: readonly TracedTensor[],
): GraphTensor {
  const reshaped = graph.add("Reshape", [operand!.as(dtype, graph), shape!.tensor], [
    typeAttribute("T", dtype),
    typeAttribute("Tshape", shape!.tensor.dtype),
  ]);
  return graph.outputs(reshaped, 1)[0]!;
}

/**
 * Whether a matrix product belongs to a dense layer with a small batch, forward or backward. Reading or
 * writing the layer's matrix in float32 takes as long as the product, so a cast alone would cost more
 * than bfloat16 saves. Where only predictions are computed, the casts of large matrices are kept, and
 * reading those takes half as long; a classifier's last layer, which is smaller, stays in float32.
 */
function isSmallBatch(
  op: string,
  [first, second]: readonly TracedTensor[],
  inference: boolean,
): boolean {
  if (op !== "MatMul" || first!.shape[0]! > smallBatch) return false;
  return !inference || second!.shape.reduce((product, side) => product * side, 1) < largeMatrix;
}

const smallBatch = 32;
/** Elements of a matrix that no cache holds. */
const largeMatrix = 2 ** 23;

/** Replaces type attributes by the types of the inputs, as TensorFlow does when it runs an op eagerly. */
function typedBy(
  groups: readonly InputGroup<GraphTensor>[],
  attributes: readonly OpAttribute[],
): OpAttribute[] {
  const types = new Map(groups.map(({ typedBy: name, items }) => [name, items[0]?.dtype]));
  return attributes.map((attribute) => ({
    ...attribute,
    value: types.get(attribute.name) ?? attribute.value,
  }));
}

/** Whether a result serves only the op's own gradient, which does not use its shape. */
function isOpaque(op: string, output: number): boolean {
  return op === "FusedBatchNormV3" && output === 5;
}

function withShape(op: string, result: GraphTensor): GraphTensor {
  const { shape } = result;
  if (shape && !shape.includes(-1)) return result;
  const known = shape ? `[${shape.join(", ").replaceAll("-1", "?")}]` : "of any rank";
  throw new CompileError(
    `a compiled function cannot have a tensor whose shape depends on values. Received: the ` +
      `result of ${op}, ${known}`,
  );
}
