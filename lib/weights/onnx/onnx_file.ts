import { readAt } from "../../files/read.ts";
import { WeightsError } from "../errors.ts";
import type { LayerArrays, LayersInOrder } from "../name_layers.ts";
import { toFloats } from "../raw_values.ts";
import { denseFromTorch, kernelFromTorch } from "../torch/torch_layout.ts";
import { countOf, type RowArray, rowArray } from "../weights_file.ts";
import { onnxFloat, onnxGraph, onnxModel, onnxTensor } from "./onnx_schema.ts";
import { type ByteRange, fieldsOf, join } from "./protobuf_fields.ts";

/** The numbers of the fields that are read separately from the rest of their message. */
const graphFields = [7];
const initializerFields = [5];
/** `float_data` and `raw_data`, which hold floats as the same bytes. */
const valueFields = [4, 9];
/** Limits on the bytes and the fields besides the weights; nets have kilobytes in hundreds of fields. */
const maxOtherBytes = 2 ** 24;
const maxFields = 100_000;

/** An open ONNX file: its weights layer by layer. `using` closes it. */
export interface OnnxWeights extends Disposable {
  /** The file's own names of its arrays. */
  readonly names: Iterable<string>;
  readonly layers: () => LayersInOrder;
  readonly metadata: Readonly<Record<string, string>>;
}

// Messages as the schema decodes them; missing fields have default values.
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
 * Opens an ONNX file of a VGG net. Its kernels have PyTorch's layouts, as always in ONNX. Values are read
 * on demand; they must be stored as bytes, as exporters write them.
 *
 * @throws {WeightsError} If the file is damaged or has other layers; the error names the path.
 */
export async function openOnnx(path: string): Promise<OnnxWeights> {
  const file = await Deno.open(path);
  try {
    const { size } = await file.stat();
    const [modelBytes, graphs] = await split(file, { from: 0, to: size }, graphFields);
    if (graphs.length !== 1) {
      throw new WeightsError(`it must have one graph. Received: ${graphs.length}`);
    }
    const [graphBytes, initializers] = await split(file, graphs[0]!, initializerFields);
    const model = onnxModel.decode(modelBytes) as unknown as Model;
    const { node } = onnxGraph.decode(graphBytes) as unknown as Graph;
    const arrays = await arraysOf(file, initializers);
    return {
      names: arrays.keys(),
      layers: () => layersOf(node, arrays),
      metadata: Object.fromEntries(model.metadata_props.map(({ key, value }) => [key, value])),
      [Symbol.dispose]: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw new WeightsError(`${path} is not an ONNX file of a VGG net: ${(error as Error).message}`);
  }
}

/** Returns the bytes of a message without some of its fields, and the byte ranges of those fields. */
async function split(
  file: Deno.FsFile,
  message: ByteRange,
  fields: readonly number[],
): Promise<[Uint8Array, ByteRange[]]> {
  const others: ByteRange[] = [];
  const separate: ByteRange[] = [];
  let otherBytes = 0;
  for await (const field of fieldsOf(file, message)) {
    if (fields.includes(field.number) && field.content) separate.push(field.content);
    else {
      others.push(field);
      otherBytes += field.to - field.from;
    }
    if (otherBytes > maxOtherBytes || others.length + separate.length > maxFields) {
      throw new WeightsError(
        `it has more than ${maxOtherBytes} bytes besides its weights, or more than ${maxFields} fields`,
      );
    }
  }
  return [await join(file, others), separate];
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
    const withBias = (kernel: LayerArrays[string]): LayerArrays =>
      input[2] ? { kernel, bias: weight(2) } : { kernel };
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
        throw new WeightsError(`${name} must have a transposed kernel, as PyTorch writes it`);
      }
      const inputChannels = dense.length === 0 ? channels : weight(1).shape[1]!;
      dense.push(withBias(denseFromTorch(weight(1), inputChannels)));
    } else if (op_type === "MatMul") {
      throw new WeightsError(`${name}: fully connected layers must be Gemm. Received: MatMul`);
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
    const [tensorBytes, values] = await split(file, initializer, valueFields);
    const tensor = onnxTensor.decode(tensorBytes) as unknown as Tensor;
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
      `${name} of shape [${shape}] must have ${countOf(shape)} values. Received: ${
        to - from
      } bytes`,
    );
  }
  const read = (start: number, count: number): Promise<Uint8Array<ArrayBuffer>> =>
    readAt(file, from + 4 * start, new Uint8Array(4 * count));
  return rowArray(shape, async (start, count) => toFloats(await read(start, count), "F32"));
}
