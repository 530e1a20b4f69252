import type { Dataset, File } from "h5wasm";
import { WeightsError } from "../errors.ts";
import { countOf } from "../weights_file.ts";
import { openHdf5 } from "./hdf5.ts";
import type { FilePart } from "./hdf5_bytes.ts";
import { groupIn, readMetadata } from "./keras_metadata.ts";
import type { ArrayHeader, KerasContents } from "./keras_contents.ts";
import { namedGroups, numberedGroups } from "./keras_groups.ts";

/** Floats of 16, 32 or 64 bits. */
type Values = Float16Array | Float32Array | Float64Array;

/** HDF5's name of floats of 16 bits. */
const half = "<e";

/** An array of an open Keras file. */
export interface KerasArray extends ArrayHeader {
  /**
   * Reads the rows `from` to `to` (exclusive) of the first dimension. The values are in libhdf5's memory
   * and valid only until its next call.
   */
  readonly rows: (from: number, to: number) => Values | number;
}

/** An open Keras file. */
export type KerasFile = KerasContents<KerasArray> & Disposable;

/**
 * Opens a Keras file with libhdf5. A damaged file can keep libhdf5 busy forever, so call this only in a
 * worker thread.
 *
 * @throws {WeightsError} If the file is damaged or is not a Keras file.
 */
export async function readKerasFile(part: FilePart): Promise<KerasFile> {
  try {
    const { file, size, [Symbol.dispose]: close } = await openHdf5(part);
    try {
      const contents = readContents(file);
      requireSize(contents, size);
      return { ...contents, [Symbol.dispose]: close };
    } catch (error) {
      close();
      throw error;
    }
  } catch (error) {
    // After a trap the library must not be used any more; the caller terminates its thread.
    if (error instanceof WeightsError || error instanceof WebAssembly.RuntimeError) throw error;
    throw new WeightsError(`HDF5: ${(error as Error).message}`);
  }
}

function readContents(file: File): KerasContents<KerasArray> {
  const root = groupIn(file, "model_weights") ?? file;
  const named = namedGroups(root);
  const config = file.attrs["model_config"]?.value;
  const groups = (named ?? numberedGroups(file)).map(({ arrays, ...group }) => ({
    ...group,
    arrays: arrays.map(([name, dataset]) => toArray(name, dataset)),
  }));
  return {
    layout: named ? "named" : "numbered",
    groups,
    ...(typeof config === "string" ? { config } : {}),
    metadata: readMetadata(file),
  };
}

/** Checks that the arrays are not larger than their file; Keras does not compress. */
function requireSize({ groups }: KerasContents, size: number): void {
  const all = groups.flatMap(({ arrays }) => arrays);
  const bytes = (type: string): number => type === "<f" ? 4 : 1;
  const claimed = all.reduce((sum, { shape, type }) => sum + bytes(type) * countOf(shape), 0);
  if (claimed === 0) throw new WeightsError("it has no weights");
  if (claimed > size) {
    throw new WeightsError(`it claims arrays of ${claimed} bytes but has only ${size}`);
  }
}

function toArray(name: string, dataset: Dataset): KerasArray {
  const { shape, dtype } = dataset;
  const type = String(dtype);
  // h5wasm refuses half precision, whose bits it gives as integers.
  if (type === half) Object.assign(dataset.metadata, { type: 0, signed: false });
  const others = (shape ?? []).slice(1).map((): [] => []);
  const rows: KerasArray["rows"] = (from, to) => {
    const values = dataset.slice(shape!.length > 0 ? [[from, to], ...others] : []);
    if (type !== half) return values as Float32Array;
    const bits = typeof values === "number"
      ? Uint16Array.of(values)
      : (values as Uint16Array).slice();
    return new Float16Array(bits.buffer);
  };
  return { name, shape: shape ?? [], type, rows };
}
