import type { Outputs } from "../graph/follow_nodes.ts";
import { joinChannels, takeChannels } from "../graph/image_origin.ts";
import { constantOf, dataOf } from "../graph/node_call.ts";
import { readSmall } from "../graph/tensors.ts";
import { type GraphValue, type ImageValue, isData, OtherLayer } from "../graph/values.ts";
import { attributeInteger, integerList, type OnnxCall } from "./onnx_call.ts";

/** The nodes that take channels of the image, or put them together. */
export const imageParts: Readonly<Record<string, (call: OnnxCall) => Outputs>> = {
  Slice: slice,
  Gather: gather,
  Split: split,
  Concat: (call) => {
    const images = call.inputs.map((value) => value?.kind === "image" ? value : undefined);
    const [first] = images;
    if (!first || images.includes(undefined)) throw new OtherLayer("the net has branches");
    requireChannels(first, attributeInteger(call, "axis", 0));
    return joinChannels(images as ImageValue[]);
  },
};

function requireChannels(image: ImageValue, axis: number): void {
  if (image.axes.at(axis) !== "C") throw new OtherLayer("it takes parts of the image");
}

function imageOf(call: OnnxCall): ImageValue {
  const data = dataOf(call);
  if (data.kind !== "image") throw new OtherLayer("it takes parts of the maps");
  return data;
}

async function slice(call: OnnxCall): Promise<GraphValue> {
  if (!call.inputs.some(isData)) throw new OtherLayer("it takes parts of a constant");
  const image = imageOf(call);
  const [starts = [], ends = []] = [
    await integerList(call, "starts", 1),
    await integerList(call, "ends", 2),
  ];
  const axes = await integerList(call, "axes", 3) ?? starts.map((_, index) => index);
  const steps = await integerList(call, "steps", 4) ?? starts.map(() => 1);
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

async function gather(call: OnnxCall): Promise<GraphValue> {
  const image = imageOf(call);
  requireChannels(image, attributeInteger(call, "axis", 0));
  const indices = constantOf(call, 1);
  if (indices.shape.length !== 1) throw new OtherLayer("it takes one channel of the image");
  return takeChannels(image, [...await readSmall(indices)]);
}

async function split(call: OnnxCall): Promise<GraphValue[]> {
  const image = imageOf(call);
  requireChannels(image, attributeInteger(call, "axis", 0));
  const { length } = call.node.output;
  const even = new Array<number>(length).fill(image.channels.length / length);
  let from = 0;
  return (await integerList(call, "split", 1) ?? even).slice(0, length).map((count) => {
    const indices = Array.from({ length: Math.min(count, 8) }, (_, index) => from + index);
    from += count;
    return takeChannels(image, indices);
  });
}
