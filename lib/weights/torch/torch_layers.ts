import { WeightsError } from "../errors.ts";
import type { LayerArrays, LayersInOrder } from "../name_layers.ts";
import { countOf, type RowArray } from "../weights_file.ts";
import { byNumbers, commonParts, isPixelStatistic, splitName } from "./array_names.ts";
import type { FoundNet } from "./find_net.ts";
import { denseFromTorch, kernelFromTorch } from "./torch_layout.ts";

/** The arrays of a layer by PyTorch's names: `weight`, `bias`, `running_mean` … */
type TorchLayer = Readonly<Record<string, RowArray>>;

const normalizationNames: Readonly<Record<string, string>> = {
  weight: "gamma",
  bias: "beta",
  running_mean: "moving_mean",
  running_var: "moving_variance",
};

/** The layers of a PyTorch net. */
export interface TorchLayers extends LayersInOrder {
  /** The names of arrays that belong to none of the layers. */
  readonly strays: readonly string[];
}

/**
 * Sorts the arrays of a PyTorch net, whatever the names of its layers are, into layers in this library's
 * layouts.
 *
 * @throws {WeightsError} If an array near the convolutions does not belong to a VGG net.
 */
export function layersOfTorch({ arrays, trunk }: FoundNet): TorchLayers {
  const layers = layersIn(arrays);
  const convolutions = trunk.map((name) => layers.get(name)!);
  const filters = convolutions.map(({ weight }) => weight!.shape[0]!);
  const channels = filters.at(-1)!;
  const rest = [...layers].filter(([name]) => !trunk.includes(name));
  const dense = inHeadOrder(rest.filter(([, layer]) => isDense(layer)), channels);
  const { own, others } = normalizationsOf(rest, { trunk, dense, filters });
  const known = new Set([...dense, ...own, ...others].map(([name]) => name));
  const strays = rest.filter(([name]) => !known.has(name));
  for (const stray of strays) requireApart(stray, [...trunk, ...dense.map(([name]) => name)]);
  return {
    convolutions: convolutions.map((layer) => withBias(kernelFromTorch(layer.weight!), layer)),
    normalizations: own.map(([, layer]) => normalizationOf(layer)),
    dense: dense.map(([, layer], index) => {
      const matrix = asMatrix(layer.weight!);
      return withBias(denseFromTorch(matrix, index === 0 ? channels : matrix.shape[1]!), layer);
    }),
    others: others.length > 0 ? ["batch normalization"] : [],
    strays: strays.flatMap(([name, layer]) =>
      Object.keys(layer).map((role) => name === "" ? role : `${name}.${role}`)
    ),
  };
}

function layersIn(arrays: ReadonlyMap<string, RowArray>): Map<string, TorchLayer> {
  const layers = new Map<string, Record<string, RowArray>>();
  for (const [name, array] of arrays) {
    const { layer, role } = splitName(name);
    // Averages of counts, where a framework stores them as real numbers.
    if (role === "num_batches_tracked") continue;
    layers.set(layer, { ...layers.get(layer), [role]: array });
  }
  return layers;
}

function withBias(kernel: LayerArrays[string], { bias }: TorchLayer): LayerArrays {
  return bias ? { kernel, bias } : { kernel };
}

function isDense({ weight }: TorchLayer): boolean {
  return weight?.shape.length === 2 || weight?.shape.length === 4;
}

/** A kernel [out, in, height, width] as the matrix of a layer that reads whole maps. */
function asMatrix({ shape, ...array }: RowArray): RowArray {
  return { ...array, shape: [shape[0]!, countOf(shape.slice(1))] };
}

type Named = readonly [string, TorchLayer];

/**
 * The fully connected layers in the order in which each reads the outputs of the one before: that of the
 * file, or of the numbers in the names, or with `head` after all others, as timm names its last layer.
 */
function inHeadOrder(layers: readonly Named[], channels: number): readonly Named[] {
  const sorted = layers.toSorted(([a], [b]) => byNumbers(a, b));
  const isLast = ([name]: Named): boolean => /(^|\.)(head|output|predictions)/.test(name);
  const orders = [
    layers,
    sorted,
    [...sorted.filter((layer) => !isLast(layer)), ...sorted.filter(isLast)],
  ];
  return orders.find((order) => {
    const shapes = order.map(([, { weight }]) => asMatrix(weight!).shape);
    return shapes.every(([, inputs], index) =>
      index === 0 ? inputs! % channels === 0 : inputs === shapes[index - 1]![0]
    );
  }) ?? layers;
}

/** The batch normalization of the convolutions, in their order, and that of the classifier. */
function normalizationsOf(
  layers: readonly Named[],
  { trunk, dense, filters }: {
    readonly trunk: readonly string[];
    readonly dense: readonly Named[];
    readonly filters: readonly number[];
  },
): { own: Named[]; others: Named[] } {
  const all = layers.filter(([, layer]) => layer.running_mean && layer.running_var);
  const heads = dense.map(([name]) => name);
  const take = (order: readonly Named[]): Named[] => {
    const own: Named[] = [];
    for (const named of order) {
      const [name, { running_mean }] = named;
      const fits = String(running_mean!.shape) === String([filters[own.length]]);
      if (fits && nearness(name, trunk) >= nearness(name, heads)) own.push(named);
    }
    return own;
  };
  const [stored, sorted] = [take(all), take(all.toSorted(([a], [b]) => byNumbers(a, b)))];
  const own = sorted.length > stored.length ? sorted : stored;
  const widths = new Set(dense.flatMap(([, { weight }]) => asMatrix(weight!).shape));
  const others = all.filter((named) => !own.includes(named)).filter(([name, { running_mean }]) =>
    widths.has(running_mean!.shape[0]!) && nearness(name, heads) >= nearness(name, trunk)
  );
  return { own, others };
}

/** The most parts that a layer's name shares with one of others. */
function nearness(name: string, others: readonly string[]): number {
  return Math.max(-1, ...others.map((other) => commonParts(name, other)));
}

/** Parts of a file that compute a loss or a figure. */
const besideNet = /(^|[._])(criterion|loss|losses|metrics?|accuracy)/i;

/**
 * Checks that arrays which belong to no layer are not between the layers, where they would compute
 * something. Elsewhere they may be those of a loss, or the mean and deviation of pixels.
 */
function requireApart([name, layer]: Named, layers: readonly string[]): void {
  const parentOf = (one: string): string => one.split(".").slice(0, -1).join(".");
  const apart = name === "" || besideNet.test(name) || Object.keys(layer).some(isPixelStatistic);
  if (apart || !layers.some((other) => parentOf(other) === parentOf(name))) return;
  const [[role, array] = []] = Object.entries(layer);
  throw new WeightsError(`${name}.${role} of shape [${array?.shape}] does not belong to a VGG net`);
}

function normalizationOf(layer: TorchLayer): LayerArrays {
  return Object.fromEntries(
    Object.entries(normalizationNames).flatMap(([torchName, name]) => {
      const array = layer[torchName];
      return array ? [[name, array]] : [];
    }),
  );
}
