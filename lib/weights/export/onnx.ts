import { replaceFile } from "../../files/replace_file.ts";
import { type ResolvedVGGOptions, resolveVGGOptions } from "../../vgg/options.ts";
import { type LayerPlan, planVGG } from "../../vgg/plan.ts";
import type { DescribedWeights } from "../describe.ts";
import { onnxFloat, onnxModel } from "../onnx/onnx_schema.ts";
import { denseToTorch, kernelToTorch } from "../torch/torch_layout.ts";
import type { StoredArray } from "../weights_file.ts";
import { exportMetadata } from "./input.ts";

/** The versions of ONNX 1.8, which all current runtimes read. */
const versions = { ir_version: 7, opset_import: [{ domain: "", version: 13 }] };
/** ONNX's numbers for the types of attributes. */
const [float, int, ints] = [1, 2, 7];

interface Node {
  readonly op_type: string;
  readonly name: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly object[];
}

/**
 * Writes an ONNX file with PyTorch's layouts: from `images`, `[batch, channels, size, size]`, to
 * `probabilities`.
 */
export async function exportOnnx(weights: DescribedWeights, path: string): Promise<void> {
  const { description } = weights;
  const options = resolveVGGOptions({ ...description.network, activation: "linear" });
  const { inputSize, channels, classes } = options;
  const model = {
    ...versions,
    producer_name: "vgg",
    graph: {
      name: `vgg_${options.configuration}`,
      node: nodesOf(options),
      initializer: await initializersOf(weights, options),
      input: [value("images", [channels, inputSize, inputSize])],
      output: [value("probabilities", [classes])],
    },
    metadata_props: Object.entries(exportMetadata(description)).map(([key, value]) => ({
      key,
      value,
    })),
  };
  await replaceFile(path, onnxModel.encode(model).finish());
}

function value(name: string, lengths: number[]): object {
  const dim = [{ dim_param: "batch" }, ...lengths.map((dim_value) => ({ dim_value }))];
  return { name, type: { tensor_type: { elem_type: onnxFloat, shape: { dim } } } };
}

function nodesOf(options: ResolvedVGGOptions): Node[] {
  let last = "images";
  const nodes = planVGG(options).flatMap((plan) => {
    const nodes = layerNodes(plan, last);
    last = nodes.at(-1)!.output[0]!;
    return nodes;
  });
  return [...nodes, node("Softmax", "probabilities", [last], [{ name: "axis", i: 1, type: int }])];
}

function node(op_type: string, name: string, input: string[], attribute: object[] = []): Node {
  return { op_type, name, input, output: [name], attribute };
}

function layerNodes(plan: LayerPlan, input: string): Node[] {
  const { name } = plan;
  const lengths = (attribute: string, values: number[]): object => ({
    name: attribute,
    ints: values,
    type: ints,
  });
  const weights = (...names: string[]): string[] => names.map((weight) => `${name}/${weight}`);
  switch (plan.kind) {
    case "convolution": {
      const { kernelSize: side, bias, relu } = plan;
      const pads = lengths("pads", Array(4).fill((side - 1) / 2));
      const inputs = [input, ...weights("kernel", ...bias ? ["bias"] : [])];
      const attributes = [lengths("kernel_shape", [side, side]), pads];
      return activated(node("Conv", name, inputs, attributes), relu);
    }
    case "dense": {
      const transposed = { name: "transB", i: 1, type: int };
      const product = node("Gemm", name, [input, ...weights("kernel", "bias")], [transposed]);
      return activated(product, plan.activation === "relu");
    }
    case "batch_normalization": {
      const inputs = [input, ...weights("gamma", "beta", "moving_mean", "moving_variance")];
      const epsilon = { name: "epsilon", f: plan.epsilon, type: float };
      return [node("BatchNormalization", name, inputs, [epsilon])];
    }
    case "whitening":
    case "gelu":
    case "global_max_pooling":
      throw new TypeError(`${plan.kind} is refused by exportWeights`);
    case "relu":
      return [node("Relu", name, [input])];
    case "max_pooling":
      return [node("MaxPool", name, [input], [
        lengths("kernel_shape", [2, 2]),
        lengths("strides", [2, 2]),
      ])];
    case "local_response_normalization":
      // Like PyTorch, ONNX divides alpha by the number of channels.
      return [node("LRN", name, [input], [
        { name: "size", i: 5, type: int },
        { name: "alpha", f: 5e-4, type: float },
        { name: "beta", f: 0.75, type: float },
        { name: "bias", f: 2, type: float },
      ])];
    case "global_average_pooling": {
      const pooled = node("GlobalAveragePool", `${name}/pooled`, [input]);
      return [pooled, node("Flatten", name, [`${name}/pooled`])];
    }
    case "flatten":
      return [node("Flatten", name, [input])];
    case "dropout":
      return [node("Identity", name, [input])];
  }
}

function activated(linear: Node, relu: boolean): Node[] {
  if (!relu) return [linear];
  const output = `${linear.name}/linear`;
  return [{ ...linear, output: [output] }, node("Relu", `${linear.name}/relu`, [output])];
}

async function initializersOf(
  { arrays }: DescribedWeights,
  options: ResolvedVGGOptions,
): Promise<object[]> {
  const initializers: object[] = [];
  let channels = options.channels;
  let readsMaps = true;
  for (const plan of planVGG(options)) {
    if (plan.kind === "convolution") channels = plan.filters;
    for (const [name, array] of arrays) {
      if (!name.startsWith(`${plan.name}/`)) continue;
      const { shape, read } = inTorchLayout(name, array, readsMaps ? channels : undefined);
      const values = await read();
      const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      initializers.push({ name, dims: shape, data_type: onnxFloat, raw_data: raw });
    }
    if (plan.kind === "dense") readsMaps = false;
  }
  return initializers;
}

/** @param channels The channels of the maps that a fully connected layer reads; `undefined` if it reads units. */
function inTorchLayout(name: string, array: StoredArray, channels?: number): StoredArray {
  if (!name.endsWith("/kernel")) return array;
  if (array.shape.length === 4) return kernelToTorch(array);
  return denseToTorch(array, channels ?? array.shape[0]!);
}
