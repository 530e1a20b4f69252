import { WeightsError } from "../errors.ts";
import type { LayerChain } from "./layer_chain.ts";
import { readSmall, type Tensor } from "./tensors.ts";
import {
  type FeatureValue,
  type GraphValue,
  type ImageValue,
  isData,
  OtherLayer,
} from "./values.ts";

/** A node of a graph with the values of its inputs. */
export interface NodeCall {
  readonly chain: LayerChain;
  readonly node: { readonly name: string; readonly input: readonly string[] };
  readonly inputs: readonly (GraphValue | undefined)[];
}

/** Returns the image or the features that a node reads. */
export function dataOf({ inputs }: NodeCall): ImageValue | FeatureValue {
  const [value] = inputs;
  if (!isData(value)) throw new OtherLayer("it does not read the image");
  return value;
}

/** Returns features that a node reads. */
export function featuresOf(call: NodeCall): FeatureValue {
  const data = dataOf(call);
  if (data.kind === "image") throw new OtherLayer("it precedes the convolutions");
  return data;
}

/** Returns a constant that a node reads. */
export function constantOf({ inputs, node }: NodeCall, index: number): Tensor {
  const value = inputs[index];
  if (value?.kind === "constant") return value.tensor;
  if (value) throw new OtherLayer(`its input ${node.input[index]} is no constant`);
  throw new WeightsError(`the weights ${node.input[index]} of ${node.name} are missing`);
}

/** Returns the integers of a constant that a node reads. */
export async function integersIn(call: NodeCall, index: number): Promise<number[]> {
  return [...await readSmall(constantOf(call, index))];
}
