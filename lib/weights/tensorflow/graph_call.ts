import type { NodeCall } from "../graph/node_call.ts";
import type { Tensor } from "../graph/tensors.ts";
import type { TensorFlowNode } from "./graph_def.ts";

/** A node with the values of its inputs. */
export interface TensorFlowCall extends NodeCall {
  readonly node: TensorFlowNode;
  /** The values of a variable by the name of the node that holds it. */
  readonly variable: (name: string) => Tensor;
}

/** Returns an integer of an attribute, 0 if there is none. */
export function integerAttribute({ node }: TensorFlowCall, name: string): number {
  return Number(node.attr.get(name)?.i ?? 0);
}

/** Returns the text of an attribute, empty if there is none. */
export function textAttribute({ node }: TensorFlowCall, name: string): string {
  return new TextDecoder().decode(node.attr.get(name)?.s);
}

/** Returns the integers of an attribute, none if there is none. */
export function listAttribute({ node }: TensorFlowCall, name: string): number[] {
  return (node.attr.get(name)?.list?.i ?? []).map(Number);
}
