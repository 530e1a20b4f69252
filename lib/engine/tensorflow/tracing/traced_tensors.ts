import type { Binding, TensorMetadata } from "../binding.ts";
import { DataType } from "../capi/c_api.ts";
import type { tf } from "../../tf.ts";
import type { FixedValue } from "./fixed_value.ts";
import type { Graph, GraphTensor } from "./graph.ts";
import { TracedTensor } from "./traced_tensor.ts";

/** Where an input of a function comes from at each call, if it is not an argument. */
export type InputSource =
  | { readonly kind: "variable"; readonly variable: tf.Variable }
  /** A variable's value in bfloat16. */
  | { readonly kind: "reduced"; readonly variable: tf.Variable }
  /** A value that depends only on variables. */
  | { readonly kind: "kept"; readonly value: FixedValue }
  /** A tensor that the function uses but did not make. */
  | { readonly kind: "capture"; readonly id: number };

/** Begins the labels of captured tensors in the trace log. */
export const captureLabel = "capture ";

/** The tensors of a trace by their ids, and the inputs of the traced function. */
export class TracedTensors {
  /** The inputs: first the arguments, then one for each of `sources`. */
  readonly inputs: GraphTensor[] = [];
  readonly sources: InputSource[] = [];
  /** The ids of the trace's tensors that were not disposed of. */
  readonly alive = new Set<number>();
  readonly #outside: Binding["tensors"];
  readonly #graph: Graph;
  readonly #byId = new Map<number, TracedTensor>();

  /** @param outside The engine's own tensors, which the function may use. */
  constructor(outside: Binding["tensors"], graph: Graph) {
    this.#outside = outside;
    this.#graph = graph;
  }

  get(id: number): TracedTensor | undefined {
    return this.#byId.get(id);
  }

  has(id: number): boolean {
    return this.#byId.has(id);
  }

  set(id: number, tensor: TracedTensor): void {
    this.#byId.set(id, tensor);
  }

  newId(): number {
    const id = this.#outside.newId();
    this.alive.add(id);
    return id;
  }

  /** The dtype and shape of a tensor from outside. */
  describe(id: number): { dtype: number; shape: number[] } {
    return this.#outside.describe(this.#outside.get(id));
  }

  /** Gives an id to a result of an operation. */
  add(
    result: GraphTensor,
    hooks: ConstructorParameters<typeof TracedTensor>[4] = {},
  ): TensorMetadata {
    const shape = [...result.shape ?? []];
    const dtype = result.dtype === DataType.bfloat16 ? DataType.float32 : result.dtype;
    const id = this.newId();
    this.set(id, new TracedTensor(`%${this.#byId.size}`, shape, dtype, result, hooks));
    return { id, shape, dtype };
  }

  /** Adds an input with the dtype and shape of an argument. */
  addArgument(argumentId: number): TensorMetadata {
    const { dtype, shape } = this.describe(argumentId);
    const id = this.newId();
    this.#addPlaceholder(id, `argument ${this.inputs.length}`, { dtype, shape });
    return { id, dtype, shape };
  }

  /** Makes an input of a tensor from outside. */
  capture(id: number): TracedTensor {
    this.sources.push({ kind: "capture", id });
    return this.#addPlaceholder(id, `${captureLabel}${id}`, this.describe(id));
  }

  addInput(input: GraphTensor, source: InputSource): void {
    this.sources.push(source);
    this.inputs.push(input);
  }

  #addPlaceholder(
    id: number,
    label: string,
    { dtype, shape }: { dtype: number; shape: number[] },
  ): TracedTensor {
    const tensor = this.#graph.placeholder(dtype, shape);
    const traced = new TracedTensor(label, shape, dtype, tensor);
    this.inputs.push(tensor);
    this.set(id, traced);
    return traced;
  }
}
