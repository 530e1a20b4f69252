import type { Outputs } from "../graph/follow_nodes.ts";
import { arithmetic, compute } from "../graph/arithmetic.ts";
import { constantOf, dataOf, featuresOf, runNode } from "../graph/node_call.ts";
import { hasRows, permuted } from "../graph/tensors.ts";
import {
  type FeatureValue,
  type GraphValue,
  type ImageValue,
  OtherLayer,
} from "../graph/values.ts";
import { denseFromTorch, kernelFromTorch } from "../torch/torch_layout.ts";
import type { StoredArray } from "../weights_file.ts";
import { attributeInteger, attributeText, integerList, type OnnxCall } from "./onnx_call.ts";
import { onnxReshapes } from "./onnx_reshapes.ts";

/** Does the work of one node. */
export function runOnnxNode(call: OnnxCall): Outputs {
  const lengths = ["Shape", "Size"];
  return runNode(call.node.op_type, call, {
    work: operations,
    lengths,
    quantized: /quant|qlinear|integer$/i,
  });
}

const operations: Readonly<Record<string, (call: OnnxCall) => Outputs>> = {
  Conv: convolution,
  Gemm: gemm,
  MatMul: (call) =>
    call.chain.connect(featuresOf(call), { name: call.node.name, kernel: constantOf(call, 1) }),
  BatchNormalization: (call) => {
    const array = (index: number): StoredArray => constantOf(call, index);
    const arrays = [array(1), array(2), array(3), array(4)] as const;
    const epsilon = call.node.attributes.get("epsilon")?.f ?? 1e-5;
    return call.chain.normalize(featuresOf(call), arrays, epsilon);
  },
  Relu: (call) => call.chain.rectify(featuresOf(call)),
  MaxPool: pooling,
  AveragePool: averagePooling,
  GlobalAveragePool: (call) => call.chain.average(featuresOf(call), featuresOf(call).axes),
  LRN: (call) => call.chain.skip(featuresOf(call), "local response normalization"),
  Softmax: (call) => call.chain.classify(featuresOf(call), "softmax"),
  LogSoftmax: (call) => call.chain.classify(featuresOf(call), "softmax"),
  Sigmoid: (call) => call.chain.classify(featuresOf(call), "sigmoid"),
  Add: ({ chain, inputs }) => compute(chain, inputs, arithmetic.add),
  Sub: ({ chain, inputs }) => compute(chain, inputs, arithmetic.subtract),
  Mul: ({ chain, inputs }) => compute(chain, inputs, arithmetic.multiply),
  Div: ({ chain, inputs }) => compute(chain, inputs, arithmetic.divide),
  ...onnxReshapes,
};

/** Requires that a window moves by `stride` and is not spread out. */
async function requireWindow(call: OnnxCall, stride: number): Promise<void> {
  for (const [name, wanted] of [["strides", stride], ["dilations", 1]] as const) {
    const values = await integerList(call, name) ?? [1, 1];
    if (values.some((value) => value !== wanted)) {
      throw new OtherLayer(`its ${name} are ${values.join("×")}`);
    }
  }
}

/** Returns the rows and columns that a node adds around its maps; `same` keeps their size. */
async function paddingOf(
  call: OnnxCall,
  data: ImageValue | FeatureValue,
): Promise<number | "same"> {
  const own = data.padding ?? 0;
  const automatic = attributeText(call, "auto_pad");
  if (automatic === "SAME_UPPER" || automatic === "SAME_LOWER") return "same";
  const pads = await integerList(call, "pads") ?? [0, 0, 0, 0];
  if (pads.some((pad) => pad !== pads[0])) throw new OtherLayer(`its pads are ${pads.join(", ")}`);
  return own + (automatic === "VALID" ? 0 : pads[0] ?? 0);
}

async function convolution(call: OnnxCall): Promise<GraphValue> {
  const data = dataOf(call);
  const weights = constantOf(call, 1);
  if (weights.shape.length !== 4) throw new OtherLayer(`its kernel is [${weights.shape}]`);
  if (data.axes !== "NCHW") throw new OtherLayer(`it reads maps in the order ${data.axes}`);
  await requireWindow(call, 1);
  if (attributeInteger(call, "group", 1) !== 1) throw new OtherLayer("it has groups");
  const side = weights.shape[2]!;
  const padding = await paddingOf(call, data);
  const same = padding === "same" || 2 * padding === side - 1;
  if (!same && padding !== 0) throw new OtherLayer(`its padding is ${padding}`);
  return call.chain.convolve({ ...data, padding: 0 }, {
    name: call.node.name,
    kernel: hasRows(weights) ? kernelFromTorch(weights) : permuted(weights, [2, 3, 1, 0]),
    bias: call.node.input[2] ? constantOf(call, 2) : undefined,
    same,
  });
}

function gemm(call: OnnxCall): GraphValue {
  const data = featuresOf(call);
  const weights = constantOf(call, 1);
  const factor = (name: string): number => call.node.attributes.get(name)?.f ?? 1;
  const isPlain = factor("alpha") === 1 && factor("beta") === 1 &&
    !attributeInteger(call, "transA", 0);
  if (!isPlain || weights.shape.length !== 2) {
    throw new OtherLayer("it is more than a product and a sum");
  }
  const transposed = attributeInteger(call, "transB", 0) === 1;
  const kernel = !transposed
    ? weights
    : hasRows(weights)
    ? denseFromTorch(weights, weights.shape[1]!)
    : permuted(weights, [1, 0]);
  return call.chain.connect(data, {
    name: call.node.name,
    kernel,
    bias: call.node.input[2] ? constantOf(call, 2) : undefined,
  });
}

async function pooling(call: OnnxCall): Promise<GraphValue> {
  const data = featuresOf(call);
  const kernel = await integerList(call, "kernel_shape") ?? [];
  if (String(kernel) !== "2,2") throw new OtherLayer(`its kernel is ${kernel.join("×")}`);
  await requireWindow(call, 2);
  const padding = await paddingOf(call, data);
  if (padding !== "same" && padding > 0) throw new OtherLayer(`its padding is ${padding}`);
  return call.chain.pool(data, padding === "same" || attributeInteger(call, "ceil_mode", 0) === 1);
}

/** An average over the whole maps, or over single values, which changes nothing. */
async function averagePooling(call: OnnxCall): Promise<GraphValue> {
  const data = featuresOf(call);
  const [height, width] = await integerList(call, "kernel_shape") ?? [];
  const padding = await paddingOf(call, data);
  if (padding !== 0 && padding !== "same") {
    throw new OtherLayer("average pooling with a padding");
  }
  if (height === 1 && width === 1) return call.chain.pass(data);
  const { side = height } = call.chain;
  if (height !== side || width !== side) throw new OtherLayer(`average pooling ${height}×${width}`);
  return call.chain.average(data, data.axes);
}
