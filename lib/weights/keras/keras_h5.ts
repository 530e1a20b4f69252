import { WeightsError } from "../errors.ts";
import type { LayerArrays, LayersInOrder } from "../name_layers.ts";
import { countOf, type RowArray } from "../weights_file.ts";
import { type Contents, KerasWorker } from "./keras_thread.ts";

/** Bytes per request. */
const partBytes = 2 ** 22;

/** The weights of a Keras file, layer by layer. `using` closes it. */
export interface KerasWeights extends Disposable {
  /** The file's own names of its layers. */
  readonly names: Iterable<string>;
  readonly layers: () => LayersInOrder;
  /** This library's metadata. */
  readonly metadata: Readonly<Record<string, string>>;
}

type NamedArrays = ReadonlyMap<string, readonly RowArray[]>;

/**
 * Opens a Keras file in HDF5: `.weights.h5` of Keras 3, or `.h5` of whole models or of weights only, as in
 * Keras's applications. Values are read on demand, in a worker thread.
 *
 * @param timeoutSeconds The time after which the file counts as damaged and its thread is terminated.
 * @throws {WeightsError} If the file is damaged or is not a Keras file; the error names the path.
 */
export async function openKeras(path: string, timeoutSeconds?: number): Promise<KerasWeights> {
  const thread = KerasWorker.acquire();
  const withPath = (error: Error): never => {
    throw new WeightsError(`${path} is not a Keras file: ${error.message}`);
  };
  try {
    const { layers, metadata } = await thread.request<Contents>({ path }, timeoutSeconds)
      .catch(withPath);
    const arrays = new Map(layers.map(([layer, shapes]) => [
      layer,
      shapes.map((shape, array) => {
        const rows = (from: number, to: number): Promise<Float32Array<ArrayBuffer>> =>
          readRows(thread, { layer, array, from, to }, shape).catch(withPath);
        return { shape, rows, read: () => rows(0, shape[0] ?? 1) };
      }),
    ]));
    return {
      names: arrays.keys(),
      layers: () => inOrder(arrays),
      metadata,
      [Symbol.dispose]: () => thread.release(),
    };
  } catch (error) {
    thread.release();
    throw error;
  }
}

/** Reads rows of an array in several requests. */
async function readRows(
  thread: KerasWorker,
  { from, to, ...array }: { layer: string; array: number; from: number; to: number },
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

function inOrder(layers: NamedArrays): LayersInOrder {
  const convolutions: LayerArrays[] = [];
  const normalizations: LayerArrays[] = [];
  const dense: LayerArrays[] = [];
  for (const [name, arrays] of layers) {
    const [kernel, bias, mean, variance] = arrays;
    if (!kernel) continue;
    const ranks = arrays.map(({ shape }) => shape.length).join(" ");
    const kernelAndBias = { kernel, ...(bias ? { bias } : {}) };
    if (ranks === "4 1" || ranks === "4") convolutions.push(kernelAndBias);
    else if (ranks === "2 1" || ranks === "2") dense.push(kernelAndBias);
    else if (ranks === "1 1 1 1") {
      const [gamma, beta] = [kernel, bias!];
      normalizations.push({ gamma, beta, moving_mean: mean!, moving_variance: variance! });
    } else {
      const shapes = arrays.map(({ shape }) => `[${shape}]`).join(", ");
      throw new WeightsError(`a VGG net has no layer like ${name}, with arrays of ${shapes}`);
    }
  }
  return { convolutions, normalizations, dense };
}
