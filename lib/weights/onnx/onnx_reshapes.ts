import type { Outputs } from "../graph/follow_nodes.ts";
import { constantOf, dataOf, featuresOf } from "../graph/node_call.ts";
import {
  constantTensor,
  permuted,
  readSmall,
  requirePermutation,
  reshaped,
} from "../graph/tensors.ts";
import {
  type FeatureValue,
  type GraphValue,
  type ImageValue,
  OtherLayer,
  shapeValue,
} from "../graph/values.ts";
import { countOf } from "../weights_file.ts";
import { attributeInteger, attributeText, integerList, type OnnxCall } from "./onnx_call.ts";
import { imageParts } from "./onnx_slices.ts";

/** The nodes that move values, or leave them as they are. */
export const onnxReshapes: Readonly<Record<string, (call: OnnxCall) => Outputs>> = {
  Constant: constant,
  ConstantOfShape: () => shapeValue,
  Identity: unchanged,
  Dropout: unchanged,
  Cast: unchanged,
  CastLike: unchanged,
  Transpose: transposition,
  Flatten: (call) => flattened(call),
  Reshape: reshaping,
  Squeeze: (call) => squeezing(call),
  Unsqueeze: (call) => squeezing(call),
  ReduceMean: mean,
  Pad: padding,
  ...imageParts,
};

function constant({ node }: OnnxCall): GraphValue {
  const [[name, found] = []] = node.attributes;
  if (found?.tensor) return { kind: "constant", tensor: found.tensor };
  const values = {
    value_float: [found?.f ?? 0],
    value_floats: found?.floats ?? [],
    value_int: [Number(found?.i)],
    value_ints: (found?.ints ?? []).map(Number),
  }[name ?? ""];
  if (!values) throw new OtherLayer("a constant without numbers");
  const shape = /s$/.test(name!) ? [values.length] : [];
  return { kind: "constant", tensor: constantTensor(Float32Array.from(values), shape) };
}

function unchanged(call: OnnxCall): GraphValue {
  const [value] = call.inputs;
  if (value?.kind === "constant") return value;
  const data = dataOf(call);
  return data.kind === "image" ? data : call.chain.pass(data);
}

async function transposition(call: OnnxCall): Promise<GraphValue> {
  const [value] = call.inputs;
  const rank = value?.kind === "constant" ? value.tensor.shape.length : dataOf(call).axes.length;
  const order = await integerList(call, "perm") ??
    Array.from({ length: rank }, (_, index) => rank - 1 - index);
  if (value?.kind === "constant") {
    return { kind: "constant", tensor: permuted(value.tensor, order) };
  }
  const data = dataOf(call);
  requirePermutation(order, rank);
  const axes = order.map((from) => data.axes[from]).join("");
  return data.kind === "image" ? { ...data, axes } : call.chain.pass(data, axes);
}

function flattened(call: OnnxCall): GraphValue {
  const [value] = call.inputs;
  const axis = attributeInteger(call, "axis", 1);
  if (value?.kind === "constant") {
    const { shape } = value.tensor;
    const lengths = [countOf(shape.slice(0, axis)), countOf(shape.slice(axis))];
    return { kind: "constant", tensor: reshaped(value.tensor, lengths) };
  }
  if (axis !== 1) throw new OtherLayer(`it flattens from dimension ${axis}`);
  return flatten(call, dataOf(call));
}

function flatten({ chain }: OnnxCall, data: ImageValue | FeatureValue): GraphValue {
  if (data.kind === "image") throw new OtherLayer("it flattens the image");
  if (data.axes === "NC" || data.axes === "NF") return chain.pass(data);
  const order = data.axes.slice(1);
  if (data.axes[0] !== "N" || order !== "CHW" && order !== "HWC") {
    throw new OtherLayer(`it flattens maps in the order ${data.axes}`);
  }
  return chain.pass(data, "NF", order);
}

/** Only flattening is a layer; lengths that are computed follow from the layers. */
async function reshaping(call: OnnxCall): Promise<GraphValue> {
  const [value] = call.inputs;
  const lengths = await integerList(call, "shape", 1);
  if (value?.kind === "constant") {
    const { shape } = value.tensor;
    const wanted = (lengths ?? []).map((length, index) => length === 0 ? shape[index]! : length);
    return { kind: "constant", tensor: reshaped(value.tensor, wanted) };
  }
  const data = dataOf(call);
  if (lengths && lengths.length !== 2) {
    if (data.kind === "features" || lengths.length !== data.axes.length) {
      throw new OtherLayer(`it makes ${lengths.length} dimensions of ${data.axes.length}`);
    }
    return data;
  }
  return flatten(call, data);
}

/** Dimensions of length 1 are removed or added behind the average over the maps. */
async function squeezing(call: OnnxCall): Promise<GraphValue> {
  const [value] = call.inputs;
  const axes = await integerList(call, "axes", 1) ?? [];
  const removes = call.node.op_type === "Squeeze";
  if (value?.kind === "constant") {
    const { shape } = value.tensor;
    if (!removes) {
      const rank = shape.length + axes.length;
      const added = new Set(axes.map((axis) => axis < 0 ? axis + rank : axis));
      let from = 0;
      const lengths = Array.from(
        { length: Math.min(rank, 8) },
        (_, at) => added.has(at) ? 1 : shape[from++]!,
      );
      return { kind: "constant", tensor: reshaped(value.tensor, lengths) };
    }
    const gone = axes.map((axis) => axis < 0 ? axis + shape.length : axis);
    const lengths = shape.filter((length, at) =>
      gone.length > 0 ? !gone.includes(at) : length !== 1
    );
    return { kind: "constant", tensor: reshaped(value.tensor, lengths) };
  }
  const data = dataOf(call);
  const letters = axes.map((axis) => data.axes.at(axis)).sort().join("");
  if (!removes || data.kind === "image" || letters !== "HW" || call.chain.side !== 1) {
    throw new OtherLayer("it changes the number of dimensions");
  }
  return call.chain.pass(data, data.axes.replace(/[HW]/g, ""));
}

async function mean(call: OnnxCall): Promise<GraphValue> {
  const data = featuresOf(call);
  const axes = await integerList(call, "axes", 1) ?? [];
  const letters = axes.map((axis) => data.axes.at(axis)).sort().join("");
  if (letters !== "HW") throw new OtherLayer(`a mean over the dimensions ${axes.join(", ")}`);
  const keeps = attributeInteger(call, "keepdims", 1) === 1;
  return call.chain.average(data, keeps ? data.axes : data.axes.replace(/[HW]/g, ""));
}

/** Zeros around the maps, which the next convolution then reads without a padding of its own. */
async function padding(call: OnnxCall): Promise<GraphValue> {
  const data = dataOf(call);
  const rank = data.axes.length;
  const pads = await integerList(call, "pads", 1) ?? [];
  const mode = attributeText(call, "mode") || "constant";
  const fill = call.node.input[2] ? (await readSmall(constantOf(call, 2)))[0] : 0;
  const side = pads[data.axes.indexOf("H")] ?? 0;
  const fits = pads.length === 2 * rank &&
    pads.every((pad, index) => pad === (/[HW]/.test(data.axes[index % rank]!) ? side : 0));
  if (!fits || mode !== "constant" || fill !== 0) throw new OtherLayer("it is no padding of zeros");
  const next = data.kind === "image" ? data : call.chain.pass(data);
  return { ...next, padding: side };
}
