import type { Outputs } from "../graph/follow_nodes.ts";
import { joinChannels, takeChannels } from "../graph/image_origin.ts";
import { permuted, readSmall, requirePermutation, reshaped, tensorOf } from "../graph/tensors.ts";
import {
  type FeatureValue,
  type ImageValue,
  isData,
  OtherLayer,
  shapeValue,
  type Value,
} from "../graph/values.ts";
import { countOf } from "../weights_file.ts";
import { type Call, constantOf, dataOf, integerOf, integersOf, textOf } from "./onnx_call.ts";

/** The nodes that move values, or leave them as they are. */
export const reshapes: Readonly<Record<string, (call: Call) => Outputs>> = {
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
  Slice: slice,
  Gather: gather,
  Split: split,
  Concat: (call) => {
    const images = call.inputs.map((value) => value?.kind === "image" ? value : undefined);
    const [first] = images;
    if (!first || images.includes(undefined)) throw new OtherLayer("the net has branches");
    requireChannels(first, integerOf(call, "axis", 0));
    return joinChannels(images as ImageValue[]);
  },
};

function constant({ node }: Call): Value {
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
  return { kind: "constant", tensor: tensorOf(Float32Array.from(values), shape) };
}

function unchanged(call: Call): Value {
  const [value] = call.inputs;
  if (value?.kind === "constant") return value;
  const data = dataOf(call);
  return data.kind === "image" ? data : call.chain.pass(data);
}

async function transposition(call: Call): Promise<Value> {
  const [value] = call.inputs;
  const rank = value?.kind === "constant" ? value.tensor.shape.length : dataOf(call).axes.length;
  const order = await integersOf(call, "perm") ??
    Array.from({ length: rank }, (_, index) => rank - 1 - index);
  if (value?.kind === "constant") {
    return { kind: "constant", tensor: permuted(value.tensor, order) };
  }
  const data = dataOf(call);
  requirePermutation(order, rank);
  const axes = order.map((from) => data.axes[from]).join("");
  return data.kind === "image" ? { ...data, axes } : call.chain.pass(data, axes);
}

function flattened(call: Call): Value {
  const [value] = call.inputs;
  const axis = integerOf(call, "axis", 1);
  if (value?.kind === "constant") {
    const { shape } = value.tensor;
    const lengths = [countOf(shape.slice(0, axis)), countOf(shape.slice(axis))];
    return { kind: "constant", tensor: reshaped(value.tensor, lengths) };
  }
  if (axis !== 1) throw new OtherLayer(`it flattens from dimension ${axis}`);
  return flatten(call, dataOf(call));
}

function flatten({ chain }: Call, data: ImageValue | FeatureValue): Value {
  if (data.kind === "image") throw new OtherLayer("it flattens the image");
  if (data.axes === "NC" || data.axes === "NF") return chain.pass(data);
  const order = data.axes.slice(1);
  if (data.axes[0] !== "N" || order !== "CHW" && order !== "HWC") {
    throw new OtherLayer(`it flattens maps in the order ${data.axes}`);
  }
  return chain.pass(data, "NF", order);
}

/** Only flattening is a layer; lengths that are computed follow from the layers. */
async function reshaping(call: Call): Promise<Value> {
  const [value] = call.inputs;
  const lengths = await integersOf(call, "shape", 1);
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
async function squeezing(call: Call): Promise<Value> {
  const [value] = call.inputs;
  const axes = await integersOf(call, "axes", 1) ?? [];
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

async function mean(call: Call): Promise<Value> {
  const data = dataOf(call);
  const axes = await integersOf(call, "axes", 1) ?? [];
  const letters = axes.map((axis) => data.axes.at(axis)).sort().join("");
  if (letters !== "HW") throw new OtherLayer(`a mean over the dimensions ${axes.join(", ")}`);
  const keeps = integerOf(call, "keepdims", 1) === 1;
  return call.chain.average(data, keeps ? data.axes : data.axes.replace(/[HW]/g, ""));
}

/** Zeros around the maps, which the next convolution then reads without a padding of its own. */
async function padding(call: Call): Promise<Value> {
  const data = dataOf(call);
  const rank = data.axes.length;
  const pads = await integersOf(call, "pads", 1) ?? [];
  const mode = textOf(call, "mode") || "constant";
  const fill = call.node.input[2] ? (await readSmall(constantOf(call, 2)))[0] : 0;
  const side = pads[data.axes.indexOf("H")] ?? 0;
  const fits = pads.length === 2 * rank &&
    pads.every((pad, index) => pad === (/[HW]/.test(data.axes[index % rank]!) ? side : 0));
  if (!fits || mode !== "constant" || fill !== 0) throw new OtherLayer("it is no padding of zeros");
  const next = data.kind === "image" ? data : call.chain.pass(data);
  return { ...next, padding: side };
}

function requireChannels(image: ImageValue, axis: number): void {
  if (image.axes.at(axis) !== "C") throw new OtherLayer("it takes parts of the image");
}

function imageOf(call: Call): ImageValue {
  const data = dataOf(call);
  if (data.kind !== "image") throw new OtherLayer("it takes parts of the maps");
  return data;
}

async function slice(call: Call): Promise<Value> {
  if (!call.inputs.some(isData)) throw new OtherLayer("it takes parts of a constant");
  const image = imageOf(call);
  const [starts = [], ends = []] = [
    await integersOf(call, "starts", 1),
    await integersOf(call, "ends", 2),
  ];
  const axes = await integersOf(call, "axes", 3) ?? starts.map((_, index) => index);
  const steps = await integersOf(call, "steps", 4) ?? starts.map(() => 1);
  if (axes.length !== 1) throw new OtherLayer("it takes parts of the image");
  requireChannels(image, axes[0]!);
  const { length } = image.channels;
  const step = steps[0]!;
  const place = (at: number): number => Math.max(-1, Math.min(length, at < 0 ? at + length : at));
  const all = Array.from({ length }, (_, index) => index);
  const [start, end] = [place(starts[0]!), ends[0]! < -length ? -1 : place(ends[0]!)];
  const indices = step > 0
    ? all.filter((at) => at >= Math.max(0, start) && at < end && (at - start) % step === 0)
    : all.reverse().filter((at) => at <= start && at > end && (start - at) % -step === 0);
  return takeChannels(image, indices);
}

async function gather(call: Call): Promise<Value> {
  const image = imageOf(call);
  requireChannels(image, integerOf(call, "axis", 0));
  const indices = constantOf(call, 1);
  if (indices.shape.length !== 1) throw new OtherLayer("it takes one channel of the image");
  return takeChannels(image, [...await readSmall(indices)]);
}

async function split(call: Call): Promise<Value[]> {
  const image = imageOf(call);
  requireChannels(image, integerOf(call, "axis", 0));
  const { length } = call.node.output;
  const even = new Array<number>(length).fill(image.channels.length / length);
  let from = 0;
  return (await integersOf(call, "split", 1) ?? even).slice(0, length).map((count) => {
    const indices = Array.from({ length: Math.min(count, 8) }, (_, index) => from + index);
    from += count;
    return takeChannels(image, indices);
  });
}
