import { WeightsError } from "../errors.ts";
import type { FileContent } from "../file_content.ts";
import { countOf } from "../weights_file.ts";
import type { FilePart } from "./hdf5_bytes.ts";
import type { ArrayHeader, KerasContents } from "./keras_contents.ts";
import type { OpenGroup } from "./keras_layers.ts";
import { readKerasModel } from "./keras_model_file.ts";
import { KerasWorker } from "./keras_thread.ts";

/** Bytes per request. */
const partBytes = 2 ** 22;

/** The settings of {@linkcode openKeras}. */
export interface OpenKerasOptions extends Omit<FilePart, "path"> {
  /** The configuration of the model, JSON, where it is beside the file. */
  readonly config?: string;
  /** The time after which the file counts as damaged and its thread is terminated. */
  readonly timeoutSeconds?: number;
}

/** The weights of a Keras file, layer by layer. `using` closes it. */
export type KerasWeights =
  & FileContent
  & Required<Pick<FileContent, "layers" | "facts">>
  & Disposable;

/**
 * Opens a Keras file in HDF5: `.weights.h5` of Keras 3, or `.h5` of whole models or of weights only, as in
 * Keras's applications. Values are read on demand, in a worker thread.
 *
 * @throws {WeightsError} If the file is damaged or is not a Keras file; the error names the path.
 */
export async function openKeras(
  path: string,
  { config, timeoutSeconds, ...part }: OpenKerasOptions = {},
): Promise<KerasWeights> {
  const thread = KerasWorker.acquire();
  const withPath = (error: Error): never => {
    throw new WeightsError(`${path} is not a Keras file: ${error.message}`);
  };
  try {
    const contents = await thread.request<KerasContents>({ path, ...part }, timeoutSeconds)
      .catch(withPath);
    const groups = contents.groups.map((group, index) => ({
      ...group,
      arrays: group.arrays.map((array, number) =>
        openArray(
          array,
          (from, to) =>
            readRows(thread, { group: index, array: number, from, to }, array.shape).catch(
              withPath,
            ),
        )
      ),
    }));
    const own = config === undefined ? {} : { config };
    return {
      names: contents.groups.map(({ path, name }) => [...path, ...(name ? [name] : [])].join("/")),
      metadata: contents.metadata,
      ...await readKerasModel({ ...contents, ...own, groups }, path),
      [Symbol.dispose]: () => thread.release(),
    };
  } catch (error) {
    thread.release();
    throw error;
  }
}

function openArray(
  header: ArrayHeader,
  rows: OpenGroup["arrays"][number]["rows"],
): OpenGroup["arrays"][number] {
  return { ...header, rows, read: () => rows(0, header.shape[0] ?? 1) };
}

/** Reads rows of an array in several requests. */
async function readRows(
  thread: KerasWorker,
  { from, to, ...array }: { group: number; array: number; from: number; to: number },
  shape: readonly number[],
): Promise<Float32Array<ArrayBuffer>> {
  const perRow = countOf(shape.slice(1));
  const values = new Float32Array((to - from) * perRow);
  const rowsPerPart = Math.min(to - from, Math.max(1, Math.floor(partBytes / 4 / perRow)));
  let into = new ArrayBuffer(4 * rowsPerPart * perRow);
  for (let first = from; first < to && perRow > 0; first += rowsPerPart) {
    const last = Math.min(to, first + rowsPerPart);
    const part = await thread.request<{ values: Float32Array<ArrayBuffer> }>({
      ...array,
      from: first,
      to: last,
      into,
    });
    if (part.values.length !== (last - first) * perRow) {
      throw new WeightsError("HDF5 returned another number of values than requested");
    }
    values.set(part.values, (first - from) * perRow);
    into = part.values.buffer;
  }
  return values;
}
