import { WeightsError } from "../errors.ts";
import type { FileContent, FileFacts } from "../file_content.ts";
import type { LayerArrays, LayersInOrder } from "../name_layers.ts";
import { isTrunk } from "../network/vgg_trunk.ts";
import { preprocessings } from "../preprocessing.ts";
import { byNumbers } from "../torch/array_names.ts";
import { denseFromTorch, kernelFromTorch } from "../torch/torch_layout.ts";
import type { RawWeights, RowArray } from "../weights_file.ts";

/** A kernel with the vectors of its layer, in the file's order: bias, gamma, beta, mean and variance. */
interface Group {
  readonly kernel: RowArray;
  readonly vectors: (readonly [string, RowArray])[];
}

/**
 * Sorts arrays without a framework's names into the layers of a VGG net: kernels by their order or the
 * numbers in their names, each with the vectors of its layer. The kernels have TensorFlow's layout,
 * `[height, width, in, out]`, or PyTorch's.
 *
 * @throws {WeightsError} If there is no such net; the error names the path, and the file is closed.
 */
export function numpyContent(raw: RawWeights): { content: FileContent; isTorch: boolean } {
  try {
    const names = [...raw.arrays.keys()];
    const orders = [names, names.toSorted(byNumbers)];
    const all = orders.map((order) => groupsIn(order, raw.arrays));
    for (const isTorch of [false, true]) {
      const groups = all.find((one) =>
        isTrunk(kernelsOf(one).map((shape) => asTorch(shape, isTorch)))
      );
      if (!groups) continue;
      const layers = layersOf(groups, isTorch);
      const facts = isTorch ? {} : publishedFacts(names, layers);
      return { content: { ...raw, names, layers: () => layers, facts }, isTorch };
    }
    const shown = names.slice(0, 3).join(", ");
    throw new WeightsError(`its arrays (${shown}, …) are of no VGG net`);
  } catch (error) {
    raw[Symbol.dispose]();
    if (!(error instanceof WeightsError)) throw error;
    throw new WeightsError(`${raw.path} does not hold a VGG net: ${error.message}`);
  }
}

/** The kernels in order, each with the vectors of its layer: those of its name, or those that follow. */
function groupsIn(names: readonly string[], arrays: ReadonlyMap<string, RowArray>): Group[] {
  const layerOf = (name: string): string => name.split(/[._/:-]/).slice(0, -1).join(".");
  const kernels = names.filter((name) => isKernel(arrays.get(name)!));
  const isNamed = new Set(kernels.map(layerOf)).size === kernels.length;
  const groups = new Map<string, Group>();
  for (const name of kernels) {
    groups.set(isNamed ? layerOf(name) : name, { kernel: arrays.get(name)!, vectors: [] });
  }
  let last: Group | undefined;
  for (const name of names) {
    const array = arrays.get(name)!;
    if (isKernel(array)) last = groups.get(isNamed ? layerOf(name) : name);
    else if (array.shape.length === 1) {
      (isNamed ? groups.get(layerOf(name)) ?? last : last)?.vectors.push([name, array]);
    }
  }
  return [...groups.values()];
}

function isKernel({ shape }: RowArray): boolean {
  return shape.length === 4 || shape.length === 2;
}

function kernelsOf(groups: readonly Group[]): (readonly number[])[] {
  return groups.map(({ kernel }) => kernel.shape).filter((shape) => shape.length === 4);
}

function asTorch(shape: readonly number[], isTorch: boolean): readonly number[] {
  const [height, width, inputs, outputs] = shape as [number, number, number, number];
  return isTorch ? shape : [outputs, inputs, height, width];
}

function layersOf(groups: readonly Group[], isTorch: boolean): LayersInOrder {
  const convolutions: LayerArrays[] = [];
  const normalizations: LayerArrays[] = [];
  const dense: LayerArrays[] = [];
  let channels = 0;
  for (const { kernel, vectors } of groups) {
    const isConvolution = kernel.shape.length === 4;
    const { bias, normalization } = partsOf(vectors);
    if (normalization && !isConvolution) throw new WeightsError("its classifier has other vectors");
    if (normalization) normalizations.push(normalization);
    const convert = isConvolution
      ? kernelFromTorch
      : (array: RowArray) => denseFromTorch(array, dense.length === 0 ? channels : array.shape[1]!);
    const own = isTorch ? convert(kernel) : kernel;
    if (isConvolution) channels = own.shape[3]!;
    (isConvolution ? convolutions : dense).push(bias ? { kernel: own, bias } : { kernel: own });
  }
  return { convolutions, normalizations, dense };
}

/** The vectors of batch normalization in Keras's order, and words by which their names tell them. */
const normalizationWords: Readonly<Record<string, RegExp>> = {
  gamma: /gamma|scale/i,
  beta: /beta|offset/i,
  moving_mean: /mean/i,
  moving_variance: /var/i,
};

/** @throws {WeightsError} If a layer has another number of vectors than a bias and batch normalization. */
function partsOf(vectors: Group["vectors"]): { bias?: RowArray; normalization?: LayerArrays } {
  const words = Object.entries(normalizationWords);
  const isNormalization = ([name]: readonly [string, RowArray]): boolean =>
    words.some(([, word]) => word.test(name));
  const named = vectors.filter(isNormalization);
  const others = vectors.filter((vector) => !isNormalization(vector));
  // Without names the bias comes first.
  const biases = named.length > 0 ? others : others.slice(0, others.length % 4);
  const four = named.length > 0 ? named : others.slice(biases.length);
  if (biases.length > 1 || four.length !== 0 && four.length !== 4) {
    throw new WeightsError(
      "a layer has at most a bias and 4 vectors of batch normalization. " +
        `Received: ${vectors.length} vectors`,
    );
  }
  const bias = biases[0] ? { bias: biases[0][1] } : {};
  if (four.length === 0) return bias;
  const normalization = words.map(([role, word], index) => {
    const found = named.length > 0 ? named.find(([name]) => word.test(name)) : four[index];
    if (!found) throw new WeightsError(`batch normalization has no ${role}`);
    return [role, found[1]] as const;
  });
  return { ...bias, normalization: Object.fromEntries(normalization) };
}

/**
 * Two files of VGG16 for ImageNet are widely used: vgg16_weights.npz, whose arrays are named conv1_1_W and
 * which reads RGB; and vgg16.npy, whose arrays are pairs under conv1_1 and which reads BGR.
 */
function publishedFacts(names: readonly string[], { dense }: LayersInOrder): FileFacts {
  const { normalization } = preprocessings.keras;
  if (dense.at(-1)?.kernel?.shape[1] !== 1000) return {};
  const channelOrder = names.includes("conv1_1_W")
    ? "RGB"
    : names.some((name) => /^conv1_1\./.test(name))
    ? "BGR"
    : undefined;
  if (!channelOrder) return {};
  return {
    preprocessing: { normalization, channelOrder },
    notes: [
      `its input was assumed to be ${channelOrder} from 0 to 255 minus ImageNet's mean, as the names of its ` +
      "arrays suggest. To choose another: --preprocessing keras|torchvision|rescale",
    ],
  };
}
