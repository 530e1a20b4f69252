import type { Outputs } from "../graph/follow_nodes.ts";
import { joinChannels, takeChannels } from "../graph/image_origin.ts";
import { constantOf, dataOf, featuresOf, integersIn } from "../graph/node_call.ts";
import { permuted, requirePermutation, reshaped } from "../graph/tensors.ts";
import { type GraphValue, type ImageValue, OtherLayer } from "../graph/values.ts";
import { integerAttribute, listAttribute, type TensorFlowCall } from "./graph_call.ts";

/** The nodes that move values, or leave them as they are. */
export const tensorFlowReshapes: Readonly<Record<string, (call: TensorFlowCall) => Outputs>> = {
  Identity: unchanged,
  IdentityN: unchanged,
  StopGradient: unchanged,
  Cast: unchanged,
  Transpose: transposition,
  Reshape: reshaping,
  Squeeze: (call) => {
    const [value] = call.inputs;
    if (value?.kind === "constant") {
      const { shape } = value.tensor;
      const gone = listAttribute(call, "squeeze_dims").map((axis) =>
        axis < 0 ? axis + shape.length : axis
      );
      const lengths = shape.filter((length, axis) =>
        gone.length > 0 ? !gone.includes(axis) : length !== 1
      );
      return { kind: "constant", tensor: reshaped(value.tensor, lengths) };
    }
    const data = featuresOf(call);
    if (call.chain.side !== 1 || !/[HW]/.test(data.axes)) {
      throw new OtherLayer("it changes the number of dimensions");
    }
    return call.chain.pass(data, data.axes.replace(/[HW]/g, ""));
  },
  ExpandDims: async (call) => {
    const tensor = constantOf(call, 0);
    const [axis = 0] = await integersIn(call, 1);
    const shape = [...tensor.shape];
    shape.splice(axis < 0 ? axis + shape.length + 1 : axis, 0, 1);
    return { kind: "constant", tensor: reshaped(tensor, shape) };
  },
  Mean: async (call) => {
    const data = featuresOf(call);
    const axes = await integersIn(call, 1);
    const letters = axes.map((axis) => data.axes.at(axis)).sort().join("");
    if (letters !== "HW") throw new OtherLayer(`a mean over the dimensions ${axes.join(", ")}`);
    const keeps = call.node.attr.get("keep_dims")?.b ?? false;
    return call.chain.average(data, keeps ? data.axes : data.axes.replace(/[HW]/g, ""));
  },
  Pad: padding,
  PadV2: padding,
  StridedSlice: slice,
  ReverseV2: async (call) => {
    const image = imageOf(call);
    requireChannels(image, await integersIn(call, 1));
    return takeChannels(image, image.channels.map((_, index) => -1 - index));
  },
  GatherV2: async (call) => {
    const image = imageOf(call);
    requireChannels(image, await integersIn(call, 2));
    if (constantOf(call, 1).shape.length !== 1) throw new OtherLayer("it takes one channel");
    return takeChannels(image, await integersIn(call, 1));
  },
  ConcatV2: async (call) => {
    const images = imagesOf(call.inputs.slice(0, -1));
    requireChannels(images[0]!, await integersIn(call, call.inputs.length - 1));
    return joinChannels(images);
  },
  Pack: (call) => {
    const images = imagesOf(call.inputs);
    const axis = integerAttribute(call, "axis");
    const axes = [...images[0]!.axes];
    if (axes.length !== 3 || images.some(({ channels }) => channels.length !== 1)) {
      throw new OtherLayer("it stacks images");
    }
    axes.splice(axis < 0 ? axis + 4 : axis, 0, "C");
    return { ...joinChannels(images), axes: axes.join("") };
  },
};

function unchanged(call: TensorFlowCall): GraphValue {
  const [value] = call.inputs;
  if (value?.kind === "constant") return value;
  const data = dataOf(call);
  return data.kind === "image" ? data : call.chain.pass(data);
}

async function transposition(call: TensorFlowCall): Promise<GraphValue> {
  const [value] = call.inputs;
  const order = await integersIn(call, 1);
  if (value?.kind === "constant") {
    return { kind: "constant", tensor: permuted(value.tensor, order) };
  }
  const data = dataOf(call);
  requirePermutation(order, data.axes.length);
  const axes = order.map((from) => data.axes[from]).join("");
  return data.kind === "image" ? { ...data, axes } : call.chain.pass(data, axes);
}

/** Only flattening is a layer; lengths that are computed follow from the layers. */
async function reshaping(call: TensorFlowCall): Promise<GraphValue> {
  const [value, lengths] = call.inputs;
  if (value?.kind === "constant") {
    const wanted = await integersIn(call, 1);
    return { kind: "constant", tensor: reshaped(value.tensor, wanted) };
  }
  const data = dataOf(call);
  const count = lengths?.kind === "constant" ? (await integersIn(call, 1)).length : 2;
  if (data.kind === "image" || count !== 2) {
    throw new OtherLayer(`it makes ${count} dimensions of ${data.axes.length}`);
  }
  if (data.axes === "NC" || data.axes === "NF") return call.chain.pass(data);
  const order = data.axes.slice(1);
  if (data.axes[0] !== "N" || order !== "CHW" && order !== "HWC") {
    throw new OtherLayer(`it flattens maps in the order ${data.axes}`);
  }
  return call.chain.pass(data, "NF", order);
}

/** Zeros around the maps, which the next convolution then reads without a padding of its own. */
async function padding(call: TensorFlowCall): Promise<GraphValue> {
  const data = dataOf(call);
  const pads = await integersIn(call, 1);
  const fill = call.inputs[2] ? (await integersIn(call, 2))[0] : 0;
  const side = pads[2 * data.axes.indexOf("H")] ?? 0;
  const fits = pads.length === 2 * data.axes.length &&
    pads.every((pad, index) => pad === (/[HW]/.test(data.axes[Math.floor(index / 2)]!) ? side : 0));
  if (!fits || fill !== 0) throw new OtherLayer("it is no padding of zeros");
  const next = data.kind === "image" ? data : call.chain.pass(data);
  return { ...next, padding: side };
}

function imageOf(call: TensorFlowCall): ImageValue {
  const data = dataOf(call);
  if (data.kind !== "image") throw new OtherLayer("it takes parts of the maps");
  return data;
}

function imagesOf(values: readonly (GraphValue | undefined)[]): ImageValue[] {
  const images = values.filter((value) => value?.kind === "image");
  if (images.length === 0 || images.length < values.length) {
    throw new OtherLayer("the net has branches");
  }
  return images;
}

function requireChannels(image: ImageValue, axes: readonly number[]): void {
  if (axes.length !== 1 || image.axes.at(axes[0]!) !== "C") {
    throw new OtherLayer("it takes parts of the image");
  }
}

/** `image[..., 0]`, which leaves the dimension of the channels out, or `image[..., ::-1]`. */
async function slice(call: TensorFlowCall): Promise<GraphValue> {
  const image = imageOf(call);
  const [begin, end, strides] = [
    await integersIn(call, 1),
    await integersIn(call, 2),
    await integersIn(call, 3),
  ];
  const [beginMask, endMask, shrink, ellipsis] = ["begin", "end", "shrink_axis", "ellipsis"]
    .map((name) => integerAttribute(call, `${name}_mask`)) as [number, number, number, number];
  if (!image.axes.endsWith("C") || integerAttribute(call, "new_axis_mask") !== 0) {
    throw new OtherLayer("it takes parts of the image");
  }
  // All dimensions but the last are whole.
  const last = begin.length - 1;
  const isWhole = (at: number): boolean =>
    ellipsis === 1 << at ||
    Boolean(beginMask & endMask & 1 << at) && strides[at] === 1 && !(shrink & 1 << at);
  const named = ellipsis ? last >= 1 : last === image.axes.length - 1;
  if (!named || ![...begin.keys()].slice(0, -1).every(isWhole)) {
    throw new OtherLayer("it takes parts of the image");
  }
  const { length } = image.channels;
  const place = (at: number): number => at < 0 ? at + length : at;
  if (shrink & 1 << last) {
    const axes = image.axes.slice(0, -1);
    return { ...takeChannels(image, [place(begin[last]!)]), axes };
  }
  const step = strides[last]!;
  const all = [...image.channels.keys()];
  const ordered = step < 0 ? all.toReversed() : all;
  const start = beginMask & 1 << last ? ordered[0]! : place(begin[last]!);
  const stop = endMask & 1 << last ? step < 0 ? -1 : length : place(end[last]!);
  const indices = ordered.filter((at) =>
    step > 0
      ? at >= start && at < stop && (at - start) % step === 0
      : at <= start && at > stop && (start - at) % -step === 0
  );
  return takeChannels(image, indices);
}
