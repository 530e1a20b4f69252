import { WeightsError } from "../errors.ts";
import type { LayerChain } from "../graph/layer_chain.ts";
import { readSmall, type Tensor } from "../graph/tensors.ts";
import {
  type FeatureValue,
  type ImageValue,
  isData,
  OtherLayer,
  type Value,
} from "../graph/values.ts";
import type { Node } from "./graph_def.ts";

/** A node with its inputs. */
export interface Call {
  readonly chain: LayerChain;
  readonly node: Node;
  readonly inputs: readonly (Value | undefined)[];
  /** The values of a variable by the name of the node that holds it. */
  readonly variable: (name: string) => Tensor;
}

/** Returns the data that a node reads first. */
export function dataOf({ inputs }: Call, index = 0): ImageValue | FeatureValue {
  const value = inputs[index];
  if (!isData(value)) throw new OtherLayer("it does not read the image");
  return value;
}

/** Returns a constant that a node reads. */
export function constantOf({ inputs, node }: Call, index: number): Tensor {
  const value = inputs[index];
  if (value?.kind === "constant") return value.tensor;
  if (value) throw new OtherLayer(`its input ${node.input[index]} is no constant`);
  throw new WeightsError(`the weights ${node.input[index]} of ${node.name} are missing`);
}

/** Returns the integers of a constant that a node reads. */
export async function integersOf(call: Call, index: number): Promise<number[]> {
  return [...await readSmall(constantOf(call, index))];
}

export function integerOf({ node }: Call, name: string): number {
  return Number(node.attr.get(name)?.i ?? 0);
}

export function textOf({ node }: Call, name: string): string {
  return new TextDecoder().decode(node.attr.get(name)?.s);
}

/** Returns the list of integers that an attribute holds. */
export function listOf({ node }: Call, name: string): number[] {
  return (node.attr.get(name)?.list?.i ?? []).map(Number);
}
