import { WeightsError } from "../errors.ts";
import type { GraphDef, GraphFunction, TensorFlowNode } from "./graph_def.ts";

/** Functions within functions are followed so far. */
const maxDepth = 16;
const maxNodes = 100_000;

/**
 * Replaces calls of a graph's functions by the nodes of the functions.
 *
 * @throws {WeightsError} If functions call each other without an end, or a function is missing.
 */
export function inlineFunctions(
  { nodes, functions }: GraphDef,
): { nodes: TensorFlowNode[]; resolve: (name: string) => string } {
  const flat: TensorFlowNode[] = [];
  /** The values that a call's outputs stand for. */
  const standsFor = new Map<string, string>();
  const add = (node: TensorFlowNode, depth: number): void => {
    if (flat.length > maxNodes || depth > maxDepth) {
      throw new WeightsError("its functions call each other without an end");
    }
    const called = /^(Stateful)?PartitionedCall$/.test(node.op)
      ? node.attr.get("f")?.func?.name
      : functions.has(node.op)
      ? node.op
      : undefined;
    if (called === undefined) {
      flat.push(node);
      return;
    }
    const body = functions.get(called);
    if (!body) throw new WeightsError(`its function ${called} is missing`);
    for (const inner of renamed(body, node, standsFor)) add(inner, depth + 1);
  };
  for (const node of nodes) add(node, 0);
  const resolve = (name: string): string => {
    let found = name;
    for (let step = 0; step < maxNodes; step++) {
      const next = standsFor.get(found);
      if (next === undefined) return found;
      found = next;
    }
    throw new WeightsError("its functions call each other without an end");
  };
  return { nodes: flat.map((node) => ({ ...node, input: node.input.map(resolve) })), resolve };
}

/** The nodes of a function for one call; their names get the call's before them. */
function renamed(
  body: GraphFunction,
  call: TensorFlowNode,
  standsFor: Map<string, string>,
): TensorFlowNode[] {
  const inside = (name: string): string => `${call.name}/${name}`;
  body.inputs.forEach((name, index) => {
    const input = call.input[index];
    if (input !== undefined) standsFor.set(inside(`${name}:0`), input);
  });
  body.outputs.forEach((name, index) => standsFor.set(`${call.name}:${index}`, inside(name)));
  return body.nodes.map((node) => ({
    ...node,
    name: inside(node.name),
    input: node.input.map(inside),
    output: node.output.map(inside),
  }));
}

/** The nodes that values follow from. */
export function ancestorsOf(
  nodes: readonly TensorFlowNode[],
  names: readonly string[],
): TensorFlowNode[] {
  const makers = new Map(nodes.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const found = new Set<TensorFlowNode>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = makers.get(name);
    if (!node || found.has(node)) continue;
    found.add(node);
    open.push(...node.input);
  }
  return nodes.filter((node) => found.has(node));
}
