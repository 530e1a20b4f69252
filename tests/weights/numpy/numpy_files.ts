import { stateDict } from "../torch/tiny_net.ts";
import { pickle, product, PythonObject, type Tensor } from "../torch/write_torch.ts";
import { joined, zipFile } from "../zip_file.ts";

interface Stored {
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer>;
}

/** The arrays of a tiny VGG11 in TensorFlow's layouts, and in PyTorch's, kernel and bias in turns. */
export const torch: Stored[] = [...stateDict().values()].map(({ shape, bytes }: Tensor) => ({
  shape,
  values: new Float32Array(Uint8Array.from(bytes).buffer),
}));
const tensorflow = torch.map(transposed);

/** [out, in, height, width] as [height, width, in, out], and [out, in] as [in, out]. */
function transposed({ shape, values }: Stored): Stored {
  if (shape.length === 1) return { shape, values };
  const [outputs, inputs, ...sides] = shape as [number, number, ...number[]];
  const positions = product(sides);
  return {
    shape: [...sides, inputs, outputs],
    values: values.map((_, index) => {
      const [output, rest] = [index % outputs, Math.floor(index / outputs)];
      const [input, position] = [rest % inputs, Math.floor(rest / inputs)];
      return values[(output * inputs + input) * positions + position]!;
    }),
  };
}

const layers = [
  "conv1_1",
  "conv2_1",
  "conv3_1",
  "conv3_2",
  "conv4_1",
  "conv4_2",
  "conv5_1",
  "conv5_2",
];
const names = [...layers, "fc6", "fc7", "fc8"].flatMap((layer) => [`${layer}_W`, `${layer}_b`]);

/** A file of one array. */
export function npy(descr: string, shape: readonly number[], bytes: Uint8Array): Uint8Array {
  const sides = shape.map((side) => `${side},`).join(" ");
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sides}), }`;
  const header = new TextEncoder().encode(`${text.padEnd(117)}\n`);
  const magic = Uint8Array.of(0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, header.length, 0);
  return joined([magic, header, bytes]);
}

/** A file of an array of 32-bit floats. */
export const ofFloats = ({ shape, values }: Stored): Uint8Array =>
  npy("<f4", shape, new Uint8Array(values.buffer));

/** An archive of arrays. */
export function npz(
  arrays: readonly Stored[],
  nameOf: (index: number) => string,
): Uint8Array<ArrayBuffer> {
  return zipFile(new Map(arrays.map((array, index) => [`${nameOf(index)}.npy`, ofFloats(array)])));
}

/** An array in a pickle. */
function inPickle(shape: readonly number[], type: string, content: unknown): PythonObject {
  const dtype = new PythonObject("numpy", "dtype", [type, false, true], [3, "<", null]);
  const start = [new PythonObject("numpy", "ndarray"), [0], "b"];
  return new PythonObject("numpy.core.multiarray", "_reconstruct", start, [
    ...[1, [...shape], dtype, false, content],
  ]);
}

const pickledArrays = tensorflow.map(({ shape, values }) =>
  inPickle(shape, "f4", new Uint8Array(values.buffer))
);
const pairs = new Map(
  [...layers, "fc6", "fc7", "fc8"].map((layer, index) => [
    layer,
    pickledArrays.slice(2 * index, 2 * index + 2),
  ]),
);

// In the order of the letters, so that only the numbers in the names tell the right one.
const shuffled = [...tensorflow.keys()].sort((a, b) => `${a}` < `${b}` ? -1 : 1);

/** A tiny VGG11 in NumPy's formats, by the names of files. */
export const files: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  "names.npz": npz(tensorflow, (index) => names[index]!),
  "numbers.npz": npz(tensorflow, (index) => `arr_${index}`),
  "shuffled.npz": zipFile(
    new Map(shuffled.map((at) => [`arr_${at}.npy`, ofFloats(tensorflow[at]!)])),
  ),
  "torch.npz": npz(torch, (index) => [...stateDict().keys()][index]!),
  "list.pkl": pickle(pickledArrays),
  "pairs.pkl": pickle(pairs),
  "pairs.npy": joined([npy("|O", [], pickle(inPickle([], "O8", [pairs])))]),
  "list.npy": joined([npy("|O", [22], pickle(inPickle([22], "O8", pickledArrays)))]),
};
