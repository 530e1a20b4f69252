import { WeightsError } from "../errors.ts";
import type { Outputs } from "./follow_nodes.ts";
import type { LayerChain } from "./layer_chain.ts";
import { readSmall, type Tensor } from "./tensors.ts";
import {
  type FeatureValue,
  type GraphValue,
  type ImageValue,
  isData,
  OtherLayer,
  shapeValue,
} from "./values.ts";

/** A node of a graph with the values of its inputs. */
export interface NodeCall {
  readonly chain: LayerChain;
  readonly node: { readonly name: string; readonly input: readonly string[] };
  readonly inputs: readonly (GraphValue | undefined)[];
}

/** What the nodes of a format do, by their operation. */
export interface Operations<Call extends NodeCall> {
  /** The work of each operation. */
  readonly work: Readonly<Record<string, (call: Call) => Outputs>>;
  /** The operations whose outputs are lengths. */
  readonly lengths: readonly string[];
  /** The operations of nets with rounded weights. */
  readonly quantized: RegExp;
}

/** Does the work of one node. */
export function runNode<Call extends NodeCall>(
  operation: string,
  call: Call,
  { work, lengths, quantized }: Operations<Call>,
): Outputs {
  const { inputs } = call;
  if (quantized.test(operation)) {
    throw new WeightsError(
      `its weights are quantized (${operation}); export the net with its float weights instead`,
    );
  }
  if (lengths.includes(operation)) return shapeValue;
  if (!inputs.some(isData) && inputs.some((value) => value?.kind === "shape")) return shapeValue;
  const run = Object.hasOwn(work, operation) ? work[operation] : undefined;
  if (!run) throw new OtherLayer("no layer of a VGG net is like it");
  return run(call);
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
