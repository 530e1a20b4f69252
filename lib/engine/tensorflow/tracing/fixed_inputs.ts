import type { FixedValue } from "./fixed_value.ts";
import type { Graph, GraphTensor } from "./graph.ts";
import type { TracedTensor } from "./traced_tensor.ts";

/**
 * The values that depend on variables alone and that tensors need directly, each with the graph's tensor for
 * it. A reshaped variable is not one of them: it needs no computation.
 */
export function fixedInputs(
  outputs: readonly TracedTensor[],
  graph: Graph,
): Map<GraphTensor, FixedValue> {
  const values = new Map<GraphTensor, FixedValue>();
  const seen = new Set<TracedTensor>();
  const waiting = [...outputs];
  for (let tensor = waiting.pop(); tensor; tensor = waiting.pop()) {
    if (seen.has(tensor)) continue;
    seen.add(tensor);
    for (const { operand, dtype } of tensor.uses) {
      const { fixed } = operand;
      if (!fixed) waiting.push(operand);
      else if (fixed.variables.size > 0 && !fixed.isView) {
        values.set(operand.as(dtype, graph), fixed.cast(operand.dtype, dtype));
      }
    }
  }
  return values;
}
