import type { ResolvedVGGOptions } from "../../vgg/options.ts";
import { type LayerPlan, planVGG } from "../../vgg/plan.ts";
import { WeightsError } from "../errors.ts";
import type { StoredArray } from "../weights_file.ts";

/** A node of TensorFlow's `GraphDef`. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, unknown>>;
}

/** TensorFlow's numbers for the data types that a net uses. */
export const dataTypes = { float32: 1, int32: 3 } as const;

const floats = { T: { type: dataTypes.float32 } };
const layout = { data_format: { s: new TextEncoder().encode("NHWC") } };
const same = { padding: { s: new TextEncoder().encode("SAME") } };
const valid = { padding: { s: new TextEncoder().encode("VALID") } };
const strides = (side: number): object => ({ list: { i: [1, side, side, 1] } });

/** Makes a shape message of TensorFlow; −1 is an unknown length. */
export function toShape(lengths: readonly number[]): object {
  return { dim: lengths.map((size) => ({ size })) };
}

/** Makes the graph of a net from `images` to `probabilities`, with the weights as constants. */
export async function frozenGraph(
  options: ResolvedVGGOptions,
  arrays: ReadonlyMap<string, StoredArray>,
): Promise<GraphNode[]> {
  const { inputSize, channels } = options;
  const graph = new FrozenGraph(arrays);
  const shape = { shape: toShape([-1, inputSize, inputSize, channels]) };
  let last = graph.add("images", "Placeholder", [], {
    dtype: { type: dataTypes.float32 },
    shape,
  });
  for (const plan of planVGG({ ...options, activation: "linear" })) {
    last = await graph.layer(plan, last);
  }
  graph.add("probabilities", "Softmax", [last], floats);
  return graph.nodes;
}

class FrozenGraph {
  readonly nodes: GraphNode[] = [];
  readonly #arrays: ReadonlyMap<string, StoredArray>;

  constructor(arrays: ReadonlyMap<string, StoredArray>) {
    this.#arrays = arrays;
  }

  /** Adds a node; returns its name. */
  add(name: string, op: string, input: readonly string[], attr: GraphNode["attr"]): string {
    this.nodes.push({ name, op, input, attr });
    return name;
  }

  /** Adds the nodes of a layer; returns the name of the last one. */
  async layer(plan: LayerPlan, input: string): Promise<string> {
    const { name } = plan;
    switch (plan.kind) {
      case "convolution": {
        const attr = { ...floats, ...same, ...layout, strides: strides(1) };
        const kernel = await this.#weight(name, "kernel");
        const product = this.add(`${name}/product`, "Conv2D", [input, kernel], attr);
        const sum = plan.bias ? await this.#plusBias(name, product) : product;
        return this.add(name, plan.relu ? "Relu" : "Identity", [sum], floats);
      }
      case "dense": {
        const kernel = await this.#weight(name, "kernel");
        const product = this.add(`${name}/product`, "MatMul", [input, kernel], floats);
        const sum = await this.#plusBias(name, product);
        return this.add(name, plan.activation === "relu" ? "Relu" : "Identity", [sum], floats);
      }
      case "batch_normalization": {
        const inputs = [input];
        for (const weight of ["gamma", "beta", "moving_mean", "moving_variance"]) {
          inputs.push(await this.#weight(name, weight));
        }
        return this.add(name, "FusedBatchNormV3", inputs, {
          ...floats,
          ...layout,
          U: floats.T,
          epsilon: { f: plan.epsilon },
          is_training: { b: false },
        });
      }
      case "whitening":
      case "gelu":
      case "global_max_pooling":
        throw new TypeError(`${plan.kind} is refused by exportWeights`);
      case "relu":
        return this.add(name, "Relu", [input], floats);
      case "dropout":
        return this.add(name, "Identity", [input], floats);
      case "max_pooling": {
        const window = { ksize: strides(2), strides: strides(2) };
        return this.add(name, "MaxPool", [input], { ...floats, ...valid, ...layout, ...window });
      }
      case "local_response_normalization": {
        const attr = {
          depth_radius: { i: 2 },
          bias: { f: 2 },
          alpha: { f: 1e-4 },
          beta: { f: 0.75 },
        };
        return this.add(name, "LRN", [input], { ...floats, ...attr });
      }
      case "global_average_pooling": {
        const axes = this.#integers(`${name}/axes`, [1, 2]);
        const attr = { Tidx: { type: dataTypes.int32 }, keep_dims: { b: false } };
        return this.add(name, "Mean", [input, axes], { ...floats, ...attr });
      }
      case "flatten": {
        const shape = this.#integers(`${name}/shape`, [-1, this.#array("fc1/kernel").shape[0]!]);
        const attr = { Tshape: { type: dataTypes.int32 } };
        return this.add(name, "Reshape", [input, shape], { ...floats, ...attr });
      }
    }
  }

  async #plusBias(layer: string, product: string): Promise<string> {
    const bias = await this.#weight(layer, "bias");
    return this.add(`${layer}/sum`, "BiasAdd", [product, bias], { ...floats, ...layout });
  }

  async #weight(layer: string, weight: string): Promise<string> {
    const name = `${layer}/${weight}`;
    const { shape, read } = this.#array(name);
    const values = await read();
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return this.#constant(name, dataTypes.float32, shape, bytes);
  }

  #integers(name: string, values: number[]): string {
    const bytes = new Uint8Array(Int32Array.from(values).buffer);
    return this.#constant(name, dataTypes.int32, [values.length], bytes);
  }

  #constant(name: string, dtype: number, shape: readonly number[], bytes: Uint8Array): string {
    const tensor = { dtype, tensor_shape: toShape(shape), tensor_content: bytes };
    return this.add(name, "Const", [], { dtype: { type: dtype }, value: { tensor } });
  }

  #array(name: string): StoredArray {
    const array = this.#arrays.get(name);
    if (!array) throw new WeightsError(`the weights ${name} are missing`);
    return array;
  }
}
