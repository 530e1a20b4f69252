import { tf } from "../../../lib/engine/tf.ts";
import { buildVGG } from "../../../lib/vgg/build.ts";
import { resolveVGGOptions, type VGGOptions } from "../../../lib/vgg/options.ts";
import { planVGG } from "../../../lib/vgg/plan.ts";
import { onnxModel } from "../../../lib/weights/onnx/onnx_schema.ts";
import { namedWeights } from "../../../lib/weights/weights.ts";
import { formulaImages, setFormulaWeights } from "../../peers/formula.ts";

/** A tensor of a file, as the schema writes it. */
export type TensorMessage = Readonly<Record<string, unknown>> & { readonly name: string };

/** A node of a file, as the schema writes it. */
export interface NodeMessage {
  readonly op_type: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute?: readonly object[];
}

/** How a net is written: as PyTorch does without an option, else as exporters from TensorFlow do. */
export interface Style {
  /** The image has its channels last and is transposed, and so are the last maps before they are flattened. */
  readonly channelsLast?: boolean;
  /** Kernels have TensorFlow's layout, and nodes transpose them. */
  readonly transposedKernels?: boolean;
  /** Fully connected layers: Gemm with or without a transposed kernel, or a product and a sum. */
  readonly dense?: "gemm" | "gemm-plain" | "matmul";
  /** Nodes between the image, "images", and the net, which reads "pixels". */
  readonly before?: readonly NodeMessage[];
  readonly normalization?: "node" | "factors";
  readonly reshape?: boolean;
  readonly store?: (name: string, shape: readonly number[], values: Float32Array) => TensorMessage;
  /** Weights are the values of nodes. */
  readonly constants?: boolean;
  /** Nodes behind the net, which gives "logits". */
  readonly after?: readonly NodeMessage[];
  readonly inputShape?: readonly number[];
  readonly more?: readonly TensorMessage[];
}

/** A net with a formula's weights, and what it gives for the formula's images. */
export interface FormulaNet {
  readonly network: VGGOptions & { inputSize: number };
  readonly arrays: ReadonlyMap<string, { shape: number[]; values: Float32Array }>;
  readonly logits: Float32Array;
}

/** Builds a net with a formula's weights. The engine must be ready. */
export function formulaNet(network: VGGOptions & { inputSize: number }): FormulaNet {
  const model = buildVGG({ ...network, activation: "linear" });
  setFormulaWeights(model);
  const arrays = new Map([...namedWeights(model)].map(([name, weight]) => [name, {
    shape: weight.shape as number[],
    values: weight.read().dataSync<"float32">(),
  }]));
  const logits = tf.tidy(() => {
    const images = formulaImages(2, network.inputSize, network.channels ?? 3);
    return (model.predict(images) as tf.Tensor).dataSync<"float32">();
  });
  model.dispose();
  return { network, arrays, logits };
}

/** Values as the bytes of 32-bit floats. */
export function rawFloats(
  name: string,
  dims: readonly number[],
  values: Float32Array,
): TensorMessage {
  return { name, dims, data_type: 1, raw_data: new Uint8Array(Float32Array.from(values).buffer) };
}

export function integers(name: string, values: readonly number[]): TensorMessage {
  return { name, dims: [values.length], data_type: 7, int64_data: values };
}

export function node(
  op_type: string,
  input: readonly string[],
  output: string,
  attribute: readonly object[] = [],
): NodeMessage {
  return { op_type, input, output: [output], attribute };
}

export const list = (name: string, values: readonly number[]): object => ({
  name,
  ints: values,
  type: 7,
});
export const number = (name: string, i: number): object => ({ name, i, type: 2 });

/** Writes a net as an ONNX file. */
export function onnxBytes(net: FormulaNet, style: Style = {}): Uint8Array {
  const { store = rawFloats, inputShape, more = [] } = style;
  const { nodes, weights } = graphOf(net, style);
  const tensors = [...weights].map(([name, { shape, values }]) => store(name, shape, values));
  const constants = tensors.map((tensor) =>
    node("Constant", [], tensor.name, [{ name: "value", t: tensor, type: 4 }])
  );
  const { inputSize: size, channels = 3 } = net.network;
  const lengths = inputShape ??
    (style.channelsLast ? [0, size, size, channels] : [0, channels, size, size]);
  const dim = lengths.map((length) => length === 0 ? { dim_param: "b" } : { dim_value: length });
  return onnxModel.encode({
    ir_version: 8,
    graph: {
      name: "net",
      node: style.constants ? [...constants, ...nodes] : nodes,
      initializer: style.constants ? more : [...tensors, ...more],
      input: [{ name: "images", type: { tensor_type: { elem_type: 1, shape: { dim } } } }],
    },
  }).finish();
}

type Weights = Map<string, { shape: readonly number[]; values: Float32Array }>;

function graphOf(
  { network, arrays }: FormulaNet,
  style: Style,
): { nodes: NodeMessage[]; weights: Weights } {
  const nodes: NodeMessage[] = [...style.before ?? []];
  const weights: Weights = new Map();
  let last = style.before ? "pixels" : "images";
  const add = (op: string, input: string[], output: string, attribute: object[] = []): void => {
    nodes.push(node(op, [last, ...input], output, attribute));
    last = output;
  };
  const keep = (name: string, shape = arrays.get(name)!.shape): string => {
    weights.set(name, { shape, values: arrays.get(name)!.values });
    return name;
  };
  const keepPermuted = (name: string, order: number[]): string => {
    const { shape, values } = arrays.get(name)!;
    if (style.transposedKernels && shape.length === 4) {
      keep(name);
      nodes.push(node("Transpose", [name], `${name}/transposed`, [list("perm", order)]));
      return `${name}/transposed`;
    }
    const permuted = tf.tidy(() => tf.tensor(values, shape).transpose(order));
    weights.set(name, { shape: permuted.shape, values: permuted.dataSync<"float32">() });
    permuted.dispose();
    return name;
  };
  const denseKernel = (name: string, flattened: number | undefined): string => {
    const { shape: [inputs, units], values } = arrays.get(name)!;
    const kernel = tf.tidy(() => {
      let kernel: tf.Tensor = tf.tensor(values, [inputs!, units!]);
      if (flattened !== undefined && !style.channelsLast) {
        // The order of PyTorch: channels before positions.
        kernel = kernel.reshape([inputs! / flattened, flattened, units!]).transpose([1, 0, 2])
          .reshape([inputs!, units!]);
      }
      return (style.dense ?? "gemm") === "gemm" ? kernel.transpose() : kernel;
    });
    weights.set(name, { shape: kernel.shape, values: kernel.dataSync<"float32">() });
    kernel.dispose();
    return name;
  };
  if (style.channelsLast) add("Transpose", [], "transposed", [list("perm", [0, 3, 1, 2])]);
  let [channels, flattened]: [number, number | undefined] = [0, undefined];
  for (const plan of planVGG(resolveVGGOptions({ ...network, activation: "linear" }))) {
    const { name } = plan;
    switch (plan.kind) {
      case "convolution": {
        const side = plan.kernelSize;
        const pads = list("pads", Array(4).fill((side - 1) / 2));
        const kernel = keepPermuted(`${name}/kernel`, [3, 2, 0, 1]);
        const bias = plan.bias ? [keep(`${name}/bias`)] : [];
        add("Conv", [kernel, ...bias], name, [list("kernel_shape", [side, side]), pads]);
        if (plan.relu) add("Relu", [], `${name}/relu`);
        channels = plan.filters;
        break;
      }
      case "batch_normalization": {
        const [gamma, beta, mean, variance] = ["gamma", "beta", "moving_mean", "moving_variance"]
          .map((weight) => arrays.get(`${name}/${weight}`)!.values);
        if (style.normalization === "factors") {
          const factors = gamma!.map((value, at) =>
            value / Math.sqrt(variance![at]! + plan.epsilon)
          );
          const summands = beta!.map((value, at) => value - mean![at]! * factors[at]!);
          weights.set(`${name}/factor`, { shape: [1, channels, 1, 1], values: factors });
          weights.set(`${name}/summand`, { shape: [channels, 1, 1], values: summands });
          add("Mul", [`${name}/factor`], `${name}/scaled`);
          add("Add", [`${name}/summand`], name);
        } else {
          const inputs = ["gamma", "beta", "moving_mean", "moving_variance"]
            .map((weight) => keep(`${name}/${weight}`));
          add("BatchNormalization", inputs, name, [{ name: "epsilon", f: plan.epsilon, type: 1 }]);
        }
        break;
      }
      case "relu":
        add("Relu", [], name);
        break;
      case "max_pooling":
        add("MaxPool", [], name, [list("kernel_shape", [2, 2]), list("strides", [2, 2])]);
        break;
      case "global_average_pooling":
        add("ReduceMean", [], name, [list("axes", [2, 3]), number("keepdims", 0)]);
        break;
      case "flatten":
        if (style.channelsLast) add("Transpose", [], "last", [list("perm", [0, 2, 3, 1])]);
        if (style.reshape) {
          // The number of images, as exporters compute it.
          nodes.push(node("Shape", [last], "shape"));
          nodes.push(node("Gather", ["shape", "zero"], "count"));
          nodes.push(node("Concat", ["count", "minus one"], "lengths", [number("axis", 0)]));
          add("Reshape", ["lengths"], name);
        } else add("Flatten", [], name);
        flattened = channels;
        break;
      case "dense": {
        const kernel = denseKernel(`${name}/kernel`, flattened);
        flattened = undefined;
        const bias = keep(`${name}/bias`);
        if (style.dense === "matmul") {
          add("MatMul", [kernel], `${name}/product`);
          add("Add", [bias], `${name}/sum`);
        } else {
          add("Gemm", [kernel, bias], `${name}/sum`, [
            number("transB", style.dense === "gemm-plain" ? 0 : 1),
          ]);
        }
        if (plan.activation === "relu") add("Relu", [], `${name}/relu`);
        break;
      }
    }
  }
  nodes.push(node("Identity", [last], "logits"), ...style.after ?? []);
  return { nodes, weights };
}
