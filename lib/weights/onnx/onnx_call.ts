import { constantOf, type NodeCall } from "../graph/node_call.ts";
import { readSmall, type Tensor } from "../graph/tensors.ts";

/** An attribute of a node. */
export interface OnnxAttribute {
  readonly name: string;
  readonly f: number;
  readonly i: unknown;
  readonly s: Uint8Array;
  readonly floats: readonly number[];
  readonly ints: readonly unknown[];
  readonly tensor?: Tensor;
}

/** A node of an ONNX graph. */
export interface OnnxNode {
  readonly op_type: string;
  /** Its own name, or that of its first output. */
  readonly name: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** A node with the values of its inputs. */
export interface OnnxCall extends NodeCall {
  readonly node: OnnxNode;
}

/** Returns the integers of an attribute, or of an input in newer versions of ONNX. */
export async function integerList(
  call: OnnxCall,
  name: string,
  input?: number,
): Promise<number[] | undefined> {
  const attribute = call.node.attributes.get(name);
  if (attribute) return attribute.ints.map(Number);
  if (input === undefined || !call.node.input[input]) return undefined;
  if (call.inputs[input]?.kind === "shape") return undefined;
  return [...await readSmall(constantOf(call, input))];
}

/** Returns an integer of an attribute. */
export function attributeInteger({ node }: OnnxCall, name: string, otherwise: number): number {
  return Number(node.attributes.get(name)?.i ?? otherwise);
}

/** Returns the text of an attribute, empty if there is none. */
export function attributeText({ node }: OnnxCall, name: string): string {
  return new TextDecoder().decode(node.attributes.get(name)?.s);
}
