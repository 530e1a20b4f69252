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

export type Data = ImageValue | FeatureValue;

/** An attribute of a node. */
export interface Attribute {
  readonly name: string;
  readonly f: number;
  readonly i: unknown;
  readonly s: Uint8Array;
  readonly floats: readonly number[];
  readonly ints: readonly unknown[];
  readonly tensor?: Tensor;
}

/** A node of an ONNX graph. */
export interface Node {
  readonly op_type: string;
  readonly name: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/** A node with its inputs. */
export interface Call {
  readonly chain: LayerChain;
  readonly node: Node;
  readonly inputs: readonly (Value | undefined)[];
}

/** Returns the data that a node reads first. */
export function dataOf({ inputs }: Call, index = 0): Data {
  const value = inputs[index];
  if (!isData(value)) throw new OtherLayer("it does not read the image");
  return value;
}

/** Returns a constant that a node reads. */
export function constantOf({ inputs, node }: Call, index: number): Tensor {
  const value = inputs[index];
  if (value?.kind === "constant") return value.tensor;
  const name = node.input[index];
  if (value) throw new OtherLayer(`its input ${name} is no constant`);
  throw new WeightsError(`the weights ${name} of ${nameOf(node)} are missing`);
}

/** Returns the integers of an attribute, or of an input in newer versions of ONNX. */
export async function integersOf(
  call: Call,
  name: string,
  input?: number,
): Promise<number[] | undefined> {
  const attribute = call.node.attributes.get(name);
  if (attribute) return attribute.ints.map(Number);
  if (input === undefined || !call.node.input[input]) return undefined;
  if (call.inputs[input]?.kind === "shape") return undefined;
  return [...await readSmall(constantOf(call, input))];
}

export function integerOf({ node }: Call, name: string, otherwise: number): number {
  return Number(node.attributes.get(name)?.i ?? otherwise);
}

export function textOf({ node }: Call, name: string): string {
  return new TextDecoder().decode(node.attributes.get(name)?.s);
}

export function nameOf({ name, output }: Node): string {
  return name || output[0] || "without a name";
}
