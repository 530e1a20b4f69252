import { WeightsError } from "./errors.ts";
import type { LayerArrays, LayersInOrder } from "./name_layers.ts";
import { toFloats } from "./number_types.ts";
import { onnxFloat, onnxModel } from "./onnx_schema.ts";
import { countOf, type RowArray, rowArray } from "./stored_weights.ts";
import { denseFromTorch, kernelFromTorch } from "./torch_layout.ts";

/** What a protobuf message may have. */
const mostBytes = 2 ** 31 - 1;

/** The weights of an ONNX file, layer by layer. */
export interface OnnxWeights {
  readonly layers: () => LayersInOrder;
  readonly metadata: Readonly<Record<string, string>>;
}

// What the schema gives; all fields have defaults.
interface Model {
  readonly graph?: {
    readonly node: readonly Node[];
    readonly initializer: readonly Tensor[];
  };
  readonly metadata_props: readonly { readonly key: string; readonly value: string }[];
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
  readonly float_data: readonly number[];
  readonly raw_data: Uint8Array;
}

/**
 * Reads an ONNX file of a VGG net, with PyTorch's layouts as all of ONNX. The file is in memory until
 * the weights are dropped.
 *
 * @throws {WeightsError} With the path, for a file that is damaged or has other layers.
 */
export async function readOnnx(path: string): Promise<OnnxWeights> {
  const { size } = await Deno.stat(path);
  if (size > mostBytes) {
    throw new WeightsError(
      `${path} is no ONNX file: it has ${size} bytes, and ${mostBytes} at most`,
    );
  }
  const bytes = await Deno.readFile(path);
  try {
    const { graph, metadata_props } = onnxModel.decode(bytes) as unknown as Model;
    if (!graph) throw new WeightsError("it has no graph");
    const metadata = Object.fromEntries(metadata_props.map(({ key, value }) => [key, value]));
    const arrays = arraysOf(graph.initializer);
    return { layers: () => layersOf(graph.node, arrays), metadata };
  } catch (error) {
    throw new WeightsError(`${path} is no ONNX file of a VGG net: ${(error as Error).message}`);
  }
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

function arraysOf(tensors: readonly Tensor[]): Map<string, RowArray> {
  return new Map(
    tensors.filter(({ data_type }) => data_type === onnxFloat).map((tensor) => {
      const shape = tensor.dims.map(Number);
      const count = countOf(shape);
      const { raw_data: raw, float_data: floats, name } = tensor;
      if (raw.length !== 4 * count && floats.length !== count) {
        throw new WeightsError(
          `the values of ${name} are not ${count}, as its shape [${shape}] says`,
        );
      }
      const read = (start: number, length: number): Float32Array<ArrayBuffer> =>
        floats.length > 0
          ? Float32Array.from(floats.slice(start, start + length))
          : toFloats(Uint8Array.from(raw.subarray(4 * start, 4 * (start + length))), "F32");
      return [name, rowArray(shape, (start, length) => Promise.resolve(read(start, length)))];
    }),
  );
}
