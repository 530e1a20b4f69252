import { unpickle } from "../../files/pickle/unpickle.ts";
import { readAt } from "../../files/read.ts";
import { WeightsError } from "../errors.ts";
import { bytesOf, gather, isContiguous, numbersIn, toFloats } from "../raw_values.ts";
import { openZip, readEntry, type ZipEntry } from "../torch/zip_entries.ts";
import { countOf, type RawWeights, type RowArray } from "../weights_file.ts";
import {
  maxHeaderBytes,
  type NpyHeader,
  npyHeaderOf,
  readNpyHeader,
  stridesOf,
} from "./npy_header.ts";
import { arraysInPickle } from "./pickled_arrays.ts";

/** Files that are read into memory whole may have this many bytes. */
const maxBytes = 2 ** 31;

/**
 * Opens NumPy's `.npz`, a `.npy` of objects, or a pickle of NumPy's arrays. Nothing in a pickle is run.
 * Arrays of anything but real numbers are skipped.
 *
 * @throws {WeightsError} If the file is damaged or has no arrays; the error names the path.
 */
export async function openNumpy(
  path: string,
  format: "npz" | "npy" | "pickle",
): Promise<RawWeights> {
  const file = await Deno.open(path);
  try {
    const arrays = format === "npz" ? await readNpz(path, file) : await readPickle(file, format);
    if (arrays.size === 0) throw new WeightsError("it has no arrays of real numbers");
    return { path, arrays, metadata: {}, [Symbol.dispose]: () => file.close() };
  } catch (error) {
    file.close();
    const damaged = error instanceof RangeError || error instanceof Deno.errors.UnexpectedEof;
    if (!(error instanceof WeightsError) && !damaged) throw error;
    throw new WeightsError(`${path} is not a file of NumPy's arrays: ${error.message}`);
  }
}

async function readNpz(path: string, file: Deno.FsFile): Promise<Map<string, RowArray>> {
  const arrays = new Map<string, RowArray>();
  for (const [name, entry] of await openZip(path)) {
    const array = await arrayIn(file, entry);
    if (array) arrays.set(name.replace(/\.npy$/, ""), array);
  }
  return arrays;
}

async function arrayIn(file: Deno.FsFile, entry: ZipEntry): Promise<RowArray | undefined> {
  if (entry.bytes > maxBytes) throw new WeightsError(`an array has ${entry.bytes} bytes`);
  if (entry.compressed !== undefined) return await compressedArray(file, entry);
  const header = await readNpyHeader(file, entry.position);
  const { type, shape, fortranOrder, length } = header;
  if (!requireLength(header, entry.bytes) || type === "object" || !type) return undefined;
  return numbersIn(file, {
    ...{ shape, type, position: entry.position + length },
    strides: stridesOf(shape, fortranOrder),
  });
}

/** Checks that real numbers fill the bytes of an array; `false` for other arrays. */
function requireLength({ type, shape, length }: NpyHeader, bytes: number): boolean {
  if (!type || type === "object") return false;
  if (length + countOf(shape) * bytesOf[type] === bytes) return true;
  throw new WeightsError(`an array of shape [${shape}] cannot have ${bytes - length} bytes`);
}

/** An array that `numpy.savez_compressed` wrote; it is inflated whole whenever it is read. */
async function compressedArray(file: Deno.FsFile, entry: ZipEntry): Promise<RowArray | undefined> {
  const header = await npyHeaderOf(await readEntry(file, entry, maxHeaderBytes));
  const { type, shape, fortranOrder, length } = header;
  if (!requireLength(header, entry.bytes) || type === "object" || !type) return undefined;
  const strides = stridesOf(shape, fortranOrder);
  const read = async (): Promise<Float32Array<ArrayBuffer>> => {
    const values = toFloats((await readEntry(file, entry)).slice(length), type);
    return isContiguous(shape, strides) ? values : gather(values, shape, strides);
  };
  const perRow = countOf(shape.slice(1));
  return {
    shape,
    read,
    rows: async (from, to) => (await read()).slice(from * perRow, to * perRow),
  };
}

async function readPickle(
  file: Deno.FsFile,
  format: "npy" | "pickle",
): Promise<Map<string, RowArray>> {
  const { size } = await file.stat();
  if (size > maxBytes) {
    throw new WeightsError(`it must have at most ${maxBytes} bytes. Received: ${size}`);
  }
  const header = format === "npy" ? await readNpyHeader(file) : undefined;
  if (header && header.type !== "object") {
    throw new WeightsError(`it holds one array, of shape [${header.shape}]`);
  }
  const bytes = await readAt(file, 0, new Uint8Array(size));
  const arrays = arraysInPickle(unpickle(bytes, header?.length).value);
  if (arrays.size > 0 || !contains(bytes, "torch")) return arrays;
  throw new WeightsError(
    "PyTorch's tensors are read from files of torch.save(model.state_dict(), PATH)",
  );
}

/** Whether the first kilobytes contain a word. */
function contains(bytes: Uint8Array, word: string): boolean {
  return new TextDecoder().decode(bytes.subarray(0, 2 ** 16)).includes(word);
}
