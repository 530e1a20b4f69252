import { WeightsError } from "../errors.ts";
import { type Contents, KerasWorker } from "./keras_thread.ts";
import type { LayerArrays, LayersInOrder } from "../name_layers.ts";
import { countOf, type RowArray } from "../weights_file.ts";

/** What is asked for at once. */
const partBytes = 2 ** 22;

/** The weights of a Keras file, layer by layer. */
export interface KerasWeights extends Disposable {
  readonly layers: () => LayersInOrder;
  /** What this library wrote beside the model. */
  readonly metadata: Readonly<Record<string, string>>;
}

type NamedArrays = ReadonlyMap<string, readonly RowArray[]>;

/**
 * Opens a Keras file in HDF5: `.weights.h5` of Keras 3, or `.h5` of whole models or of weights alone, as
 * Keras's applications have them. Values are read when they are asked for, on another thread.
 *
 * @param mostSeconds After which that thread is given up.
 * @throws {WeightsError} With the path, for a file that is damaged or is not Keras's.
 */
export async function openKeras(path: string, mostSeconds?: number): Promise<KerasWeights> {
  const thread = KerasWorker.acquire();
  const withPath = (error: Error): never => {
    throw new WeightsError(`${path} is no Keras file: ${error.message}`);
  };
  try {
    const { layers, metadata } = await thread.request<Contents>({ path }, mostSeconds).catch(
      withPath,
    );
    const arrays = new Map(layers.map(([layer, shapes]) => [
      layer,
      shapes.map((shape, array) => {
        const rows = (from: number, to: number): Promise<Float32Array<ArrayBuffer>> =>
          readRows(thread, { layer, array, from, to }, shape).catch(withPath);
        return { shape, rows, read: () => rows(0, shape[0] ?? 1) };
      }),
    ]));
    return {
      layers: () => inOrder(arrays),
      metadata,
      [Symbol.dispose]: () => thread.release(),
    };
  } catch (error) {
    thread.release();
    throw error;
  }
}

/** Rows of an array, asked for by parts. */
async function readRows(
  thread: KerasWorker,
  { from, to, ...which }: { layer: string; array: number; from: number; to: number },
  shape: readonly number[],
): Promise<Float32Array<ArrayBuffer>> {
  const perRow = countOf(shape.slice(1));
  const values = new Float32Array((to - from) * perRow);
  const atOnce = Math.min(to - from, Math.max(1, Math.floor(partBytes / 4 / perRow)));
  let into = new ArrayBuffer(4 * atOnce * perRow);
  for (let first = from; first < to && perRow > 0; first += atOnce) {
    const last = Math.min(to, first + atOnce);
    const part = await thread.request<{ values: Float32Array<ArrayBuffer> }>({
      ...which,
      from: first,
      to: last,
      into,
    });
    if (part.values.length !== (last - first) * perRow) {
      throw new WeightsError("HDF5 gave another number of values than asked for");
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
      throw new WeightsError(`layer ${name} is none that a VGG net has, with arrays of ${shapes}`);
    }
  }
  return { convolutions, normalizations, dense };
}
