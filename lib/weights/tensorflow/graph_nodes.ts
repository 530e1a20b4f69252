import { arithmetic, compute } from "../graph/arithmetic.ts";
import type { Outputs } from "../graph/follow_nodes.ts";
import { wholeImage } from "../graph/image_origin.ts";
import { constantOf, dataOf, featuresOf, runNode } from "../graph/node_call.ts";
import { combined, mapped, permuted, reshaped, type Tensor } from "../graph/tensors.ts";
import {
  type FeatureValue,
  type GraphValue,
  type ImageValue,
  isData,
  OtherLayer,
} from "../graph/values.ts";
import { listAttribute, type TensorFlowCall, textAttribute } from "./graph_call.ts";
import { tensorFlowReshapes } from "./graph_reshapes.ts";
import { lengthsOf } from "./tensor_proto.ts";

/** Does the work of one node. */
export function runTensorFlowNode(call: TensorFlowCall): Outputs {
  const lengths = ["Shape"];
  return runNode(call.node.op, call, { work: operations, lengths, quantized: /quant/i });
}

const operations: Readonly<Record<string, (call: TensorFlowCall) => Outputs>> = {
  Placeholder: image,
  PlaceholderWithDefault: image,
  Const: ({ node }) => {
    if (!node.tensor) throw new OtherLayer("a constant without numbers");
    return { kind: "constant", tensor: node.tensor };
  },
  ReadVariableOp: (call) => ({ kind: "constant", tensor: call.variable(call.node.input[0] ?? "") }),
  Conv2D: (call) => convolution(call),
  _FusedConv2D: (call) => fused(call, convolution(call)),
  MatMul: (call) => product(call),
  _FusedMatMul: (call) => fused(call, product(call)),
  BiasAdd: (call) => biased(call, dataOf(call)),
  Add: ({ chain, inputs }) => compute(chain, inputs, arithmetic.add),
  AddV2: ({ chain, inputs }) => compute(chain, inputs, arithmetic.add),
  Sub: ({ chain, inputs }) => compute(chain, inputs, arithmetic.subtract),
  Mul: ({ chain, inputs }) => compute(chain, inputs, arithmetic.multiply),
  RealDiv: ({ chain, inputs }) => compute(chain, inputs, arithmetic.divide),
  Maximum: async (call) => {
    const tensor = await combined([constantOf(call, 0), constantOf(call, 1)], Math.max);
    return { kind: "constant", tensor };
  },
  Rsqrt: (call) => ({ kind: "constant", tensor: mapped(constantOf(call, 0), (x) => x ** -0.5) }),
  Sqrt: (call) => ({ kind: "constant", tensor: mapped(constantOf(call, 0), Math.sqrt) }),
  Neg: (call) => ({ kind: "constant", tensor: mapped(constantOf(call, 0), (x) => -x) }),
  FusedBatchNorm: normalization,
  FusedBatchNormV2: normalization,
  FusedBatchNormV3: normalization,
  Relu: (call) => call.chain.rectify(featuresOf(call)),
  MaxPool: (call) => {
    requireWindow(call, "ksize", 2);
    requireWindow(call, "strides", 2);
    return call.chain.pool(featuresOf(call), textAttribute(call, "padding") === "SAME");
  },
  AvgPool: (call) => {
    const data = featuresOf(call);
    const side = listAttribute(call, "ksize")[data.axes.indexOf("H")];
    requireWindow(call, "ksize", call.chain.side ?? side ?? 0);
    return call.chain.average(data, data.axes);
  },
  LRN: (call) => call.chain.skip(featuresOf(call), "local response normalization"),
  Softmax: (call) => call.chain.classify(featuresOf(call), "softmax"),
  LogSoftmax: (call) => call.chain.classify(featuresOf(call), "softmax"),
  Sigmoid: (call) => call.chain.classify(featuresOf(call), "sigmoid"),
  ...tensorFlowReshapes,
};

function image({ node }: TensorFlowCall): ImageValue {
  const lengths = lengthsOf(node.attr.get("shape")?.shape);
  const channels = lengths.length === 4 && lengths[3]! > 0 ? lengths[3]! : 3;
  if (channels > 4) throw new OtherLayer(`its images have ${channels} channels`);
  return wholeImage("NHWC", channels);
}

/** Requires that a window of maps has one length in rows and columns, and 1 otherwise. */
function requireWindow(call: TensorFlowCall, name: string, wanted: number): void {
  const lengths = listAttribute(call, name);
  const { axes } = dataOf(call);
  const fits = lengths.length === 0 && wanted === 1 || lengths.length === 4 &&
      lengths.every((length, index) => length === (/[HW]/.test(axes[index] ?? "") ? wanted : 1));
  if (!fits) throw new OtherLayer(`its ${name} are ${lengths.join("×")}`);
}

function convolution(call: TensorFlowCall): FeatureValue {
  const data = dataOf(call);
  const { axes, padding = 0 } = data;
  const format = textAttribute(call, "data_format") || "NHWC";
  if (axes !== format) throw new OtherLayer(`it reads maps in the order ${axes}`);
  requireWindow(call, "strides", 1);
  requireWindow(call, "dilations", 1);
  const kernel = constantOf(call, 1);
  const side = kernel.shape[0] ?? 0;
  const own = textAttribute(call, "padding");
  if (kernel.shape.length !== 4 || own !== "SAME" && own !== "VALID") {
    throw new OtherLayer(`its kernel is [${kernel.shape}], its padding ${own}`);
  }
  const same = own === "SAME" ? padding === 0 : 2 * padding === side - 1;
  if (!same && padding !== 0) throw new OtherLayer(`its padding is ${padding}`);
  return call.chain.convolve({ ...data, padding: 0 }, { name: call.node.name, kernel, same });
}

function product(call: TensorFlowCall): FeatureValue {
  const { attr, name } = call.node;
  const weights = constantOf(call, 1);
  if (attr.get("transpose_a")?.b || weights.shape.length !== 2) {
    throw new OtherLayer("it is no product with a matrix");
  }
  const kernel = attr.get("transpose_b")?.b ? permuted(weights, [1, 0]) : weights;
  return call.chain.connect(featuresOf(call), { name, kernel });
}

async function biased(
  call: TensorFlowCall,
  data: ImageValue | FeatureValue,
  index = 1,
): Promise<GraphValue> {
  const bias = constantOf(call, index);
  const isFirst = data.axes === "NCHW";
  const tensor = isFirst ? reshaped(bias, [bias.shape[0]!, 1, 1]) : bias;
  return await compute(call.chain, [data, { kind: "constant", tensor }], arithmetic.add);
}

/** A convolution or a product with what TensorFlow's optimizer joined to it. */
async function fused(call: TensorFlowCall, first: FeatureValue): Promise<GraphValue> {
  const names = (call.node.attr.get("fused_ops")?.list?.s ?? []).map((name) =>
    new TextDecoder().decode(name)
  );
  let value: GraphValue = first;
  for (const name of names) {
    if (!isData(value)) break;
    if (name === "BiasAdd") value = await biased(call, value, 2);
    else if (name === "Relu" && value.kind === "features") value = call.chain.rectify(value);
    else throw new OtherLayer(`no layer of a VGG net is like ${name}`);
  }
  return value;
}

function normalization(call: TensorFlowCall): GraphValue {
  const array = (index: number): Tensor => constantOf(call, index);
  const arrays = [array(1), array(2), array(3), array(4)] as const;
  if (call.node.attr.get("is_training")?.b ?? true) {
    throw new OtherLayer("it normalizes by the batch");
  }
  return call.chain.normalize(featuresOf(call), arrays, call.node.attr.get("epsilon")?.f ?? 1e-4);
}
