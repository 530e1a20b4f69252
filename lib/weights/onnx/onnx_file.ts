import { readAt } from "../../files/read.ts";
import { WeightsError } from "../errors.ts";
import type { LayerArrays, LayersInOrder } from "../name_layers.ts";
import { toFloats } from "../number_types.ts";
import { onnxFloat, onnxGraph, onnxModel, onnxTensor } from "./onnx_schema.ts";
import { type ByteRange, fieldsOf, join } from "./protobuf_fields.ts";
import { countOf, type RowArray, rowArray } from "../weights_file.ts";
import { denseFromTorch, kernelFromTorch } from "../torch/torch_layout.ts";

/** The fields that are taken apart. */
const graphFields = [7];
const initializerFields = [5];
/** Floats are the same bytes in `float_data` and in `raw_data`. */
const valueFields = [4, 9];
/** Nets have kilobytes beside their weights, in hundreds of fields. */
const mostBeside = 2 ** 24;
const mostFields = 100_000;

/** An open ONNX file: its weights layer by layer. `using` closes it. */
export interface OnnxWeights extends Disposable {
  /** Of the arrays, as the file has them. */
  readonly names: Iterable<string>;
  readonly layers: () => LayersInOrder;
  readonly metadata: Readonly<Record<string, string>>;
}

// What the schema gives; all fields have defaults.
interface Model {
  readonly metadata_props: readonly { readonly key: string; readonly value: string }[];
}

interface Graph {
  readonly node: readonly Node[];
}

interface Node {
  readonly op_type: string;
  readonly name: string;
  readonly input: readonly string[];
  readonly attribute: readonly { readonly name: string; readonly i: unknown }[];
}

interface Tensor {
  readonly name: string;
  readonly dims: readonly unknown[];
  readonly data_type: number;
}

/**
 * Opens an ONNX file of a VGG net, with PyTorch's layouts as all of ONNX. Values are read when they
 * are asked for, where the file has them as bytes, as exporters write them.
 *
 * @throws {WeightsError} With the path, for a file that is damaged or has other layers.
 */
export async function openOnnx(path: string): Promise<OnnxWeights> {
  const file = await Deno.open(path);
  try {
    const { size } = await file.stat();
    const [beside, graphs] = await split(file, { from: 0, to: size }, graphFields);
    if (graphs.length !== 1) throw new WeightsError(`it has ${graphs.length} graphs, not one`);
    const [ofGraph, initializers] = await split(file, graphs[0]!, initializerFields);
    const model = onnxModel.decode(beside) as unknown as Model;
    const { node } = onnxGraph.decode(ofGraph) as unknown as Graph;
    const arrays = await arraysOf(file, initializers);
    return {
      names: arrays.keys(),
      layers: () => layersOf(node, arrays),
      metadata: Object.fromEntries(model.metadata_props.map(({ key, value }) => [key, value])),
      [Symbol.dispose]: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw new WeightsError(`${path} is no ONNX file of a VGG net: ${(error as Error).message}`);
  }
}

/** A message without some of its fields, and where those are. */
async function split(
  file: Deno.FsFile,
  message: ByteRange,
  fields: readonly number[],
): Promise<[Uint8Array, ByteRange[]]> {
  const kept: ByteRange[] = [];
  const taken: ByteRange[] = [];
  let bytes = 0;
  for await (const one of fieldsOf(file, message)) {
    if (fields.includes(one.number) && one.content) taken.push(one.content);
    else {
      kept.push(one);
      bytes += one.to - one.from;
    }
    if (bytes > mostBeside || kept.length + taken.length > mostFields) {
      throw new WeightsError(
        `it has more than ${mostBeside} bytes beside its weights, or than ${mostFields} fields`,
      );
    }
  }
  return [await join(file, kept), taken];
}

function layersOf(
  nodes: readonly Node[],
  arrays: ReadonlyMap<string, RowArray>,
): LayersInOrder {
  const convolutions: LayerArrays[] = [];
  const normalizations: LayerArrays[] = [];
  const dense: LayerArrays[] = [];
  let channels = 0;
  for (const { op_type, name, input, attribute } of nodes) {
    const weight = (position: number): RowArray => {
      const array = arrays.get(input[position] ?? "");
      if (!array) throw new WeightsError(`the weights ${input[position]} of ${name} are missing`);
      return array;
    };
    const bias = input[2] ? { bias: () => weight(2) } : {};
    const withBias = (kernel: LayerArrays[string]): LayerArrays =>
      bias.bias ? { kernel, bias: bias.bias() } : { kernel };
    if (op_type === "Conv") {
      channels = weight(1).shape[0]!;
      convolutions.push(withBias(kernelFromTorch(weight(1))));
    } else if (op_type === "BatchNormalization") {
      const [gamma, beta, moving_mean, moving_variance] = [
        weight(1),
        weight(2),
        weight(3),
        weight(4),
      ];
      normalizations.push({ gamma, beta, moving_mean, moving_variance });
    } else if (op_type === "Gemm") {
      if (Number(attribute.find((one) => one.name === "transB")?.i ?? 0) !== 1) {
        throw new WeightsError(`${name} has a kernel that is not transposed, as PyTorch's are`);
      }
      const read = dense.length === 0 ? channels : weight(1).shape[1]!;
      dense.push(withBias(denseFromTorch(weight(1), read)));
    } else if (op_type === "MatMul") {
      throw new WeightsError(
        `${name} is a MatMul, and fully connected layers that are read are Gemm`,
      );
    }
  }
  return { convolutions, normalizations, dense };
}

async function arraysOf(
  file: Deno.FsFile,
  initializers: readonly ByteRange[],
): Promise<Map<string, RowArray>> {
  const arrays = new Map<string, RowArray>();
  for (const initializer of initializers) {
    const [beside, values] = await split(file, initializer, valueFields);
    const tensor = onnxTensor.decode(beside) as unknown as Tensor;
    if (tensor.data_type === onnxFloat) arrays.set(tensor.name, arrayOf(file, tensor, values));
  }
  return arrays;
}

function arrayOf(
  file: Deno.FsFile,
  { name, dims }: Tensor,
  values: readonly ByteRange[],
): RowArray {
  const shape = dims.map(Number);
  const [{ from, to } = { from: 0, to: 0 }, ...others] = values;
  if (to - from !== 4 * countOf(shape) || others.length > 0) {
    throw new WeightsError(
      `the values of ${name} are not ${countOf(shape)}, as its shape [${shape}] says`,
    );
  }
  const read = (start: number, count: number): Promise<Uint8Array<ArrayBuffer>> =>
    readAt(file, from + 4 * start, new Uint8Array(4 * count));
  return rowArray(shape, async (start, count) => toFloats(await read(start, count), "F32"));
}
