import { WeightsError } from "../errors.ts";
import type { LayerArrays, LayersInOrder } from "../name_layers.ts";
import type { RowArray, StoredArray } from "../weights_file.ts";
import type { ArrayHeader, GroupHeader, KerasContents } from "./keras_contents.ts";
import type { ModelLayer } from "./model/config.ts";
import type { VGGModel } from "./model/vgg.ts";

/** The arrays of a layer of an open file. */
export type OpenGroup = GroupHeader<RowArray & ArrayHeader>;

/** Finds the arrays of a layer of the model; none if the file has none for it. */
export function arraysOf(
  groups: readonly OpenGroup[],
  layout: KerasContents["layout"],
  layer: ModelLayer,
): OpenGroup["arrays"] {
  const { path, group, name } = layer;
  if (layout === "numbered") {
    return groups.find((one) => one.path.join("/") === group.join("/"))?.arrays ?? [];
  }
  const outermost = groups.filter((one) => one.path[0] === path[0]);
  // All arrays of a layer that is in no nested model are its own, whatever their names are.
  if (path.length === 1) return outermost.flatMap(({ arrays }) => arrays);
  const found = outermost.filter((one) => one.path.at(-1) === name);
  if (found.length > 1) throw new WeightsError(`it has several layers ${path[0]}/…/${name}`);
  return found[0]?.arrays ?? [];
}

/**
 * Returns the arrays of a model's layers.
 *
 * @throws {WeightsError} If a layer has other arrays than its configuration says.
 */
export function layersOfModel(
  groups: readonly OpenGroup[],
  layout: KerasContents["layout"],
  { convolutions, normalizations, dense, others }: VGGModel,
): LayersInOrder {
  const named = (layer: ModelLayer, names: readonly string[], ranks: string): LayerArrays => {
    const arrays = arraysOf(groups, layout, layer);
    if (ranksOf(arrays) !== ranks) {
      throw new WeightsError(
        `its layer ${layer.path.join("/")} must have arrays of ranks ${ranks}: ` +
          `${names.join(", ")}. Received: ${list(arrays) || "none"}`,
      );
    }
    return Object.fromEntries(
      names.map((name, index) => [name, floats(arrays[index]!, layer.name)]),
    );
  };
  const kernels = (layers: readonly ModelLayer[], rank: 2 | 4, isBiased: boolean): LayerArrays[] =>
    layers.map((layer) => {
      const hasBias = layer.config.use_bias !== false;
      const arrays = hasBias
        ? named(layer, ["kernel", "bias"], `${rank} 1`)
        : named(layer, ["kernel"], `${rank}`);
      const units = arrays.kernel!.shape.at(-1)!;
      return hasBias || !isBiased ? arrays : { ...arrays, bias: constant(0, units) };
    });
  return {
    convolutions: kernels(
      convolutions,
      4,
      convolutions.some(({ config }) => config.use_bias !== false),
    ),
    normalizations: normalizations.map((layer) => {
      const { scale, center } = layer.config;
      const names = [
        ...(scale === false ? [] : ["gamma"]),
        ...(center === false ? [] : ["beta"]),
        ...["moving_mean", "moving_variance"],
      ];
      return wholeNormalization(named(layer, names, names.map(() => 1).join(" ")));
    }),
    dense: kernels(dense, 2, true),
    others,
  };
}

/** Adds a scale of one or a shift of zero to a normalization that has none. */
function wholeNormalization(arrays: LayerArrays): LayerArrays {
  const units = arrays.moving_mean!.shape[0] ?? 0;
  return { gamma: constant(1, units), beta: constant(0, units), ...arrays };
}

function constant(value: number, count: number): StoredArray {
  return { shape: [count], read: () => Promise.resolve(new Float32Array(count).fill(value)) };
}

const [convolution, dense, normalization] = [/^4( 1)?$/, /^2( 1)?$/, /^1 1( 1)?( 1)?$/];

/**
 * Sorts the arrays of a file that does not describe its model, by their ranks.
 *
 * @throws {WeightsError} If a layer has other arrays than those of a VGG net.
 */
export function layersByRank(groups: readonly OpenGroup[]): LayersInOrder & { notes: string[] } {
  const convolutions: LayerArrays[] = [];
  const normalizations: LayerArrays[] = [];
  const fullyConnected: LayerArrays[] = [];
  const notes: string[] = [];
  for (const { path, arrays } of groups) {
    const ranks = ranksOf(arrays);
    const [kernel, bias] = arrays;
    // The states of random numbers are integers.
    if (!kernel || arrays.every(({ type }) => /^[<>][a-z]$/i.test(type) && !isFloat(type))) {
      continue;
    }
    const last = path.at(-1)!;
    const kernelAndBias = {
      kernel: floats(kernel, last),
      ...(bias ? { bias: floats(bias, last) } : {}),
    };
    if (/^normalization(_\d+)?$/.test(last)) {
      notes.push(`its layer ${last} is left out; a file of weights does not say where it stands`);
    } else if (convolution.test(ranks)) convolutions.push(kernelAndBias);
    else if (dense.test(ranks)) fullyConnected.push(kernelAndBias);
    else if (normalization.test(ranks)) normalizations.push(normalizationOf(path, arrays));
    else {throw new WeightsError(
        `no VGG net has a layer like ${last}, with arrays of ${list(arrays)}`,
      );}
  }
  const following = normalizations.length >= convolutions.length ? convolutions.length : 0;
  return {
    convolutions,
    normalizations: normalizations.slice(0, following),
    dense: fullyConnected,
    others: normalizations.length > following ? ["batch normalization"] : [],
    notes,
  };
}

function normalizationOf(path: readonly string[], arrays: OpenGroup["arrays"]): LayerArrays {
  const usual = ["gamma", "beta", "moving_mean", "moving_variance"];
  const names = arrays.length === 4 ? usual : arrays.map(({ name }) => name);
  if (!names.every((name) => usual.includes(name)) || !names.includes("moving_mean")) {
    throw new WeightsError(
      `a file of weights does not tell which ${arrays.length} of ${usual.join(", ")} ` +
        `its layer ${path.at(-1)} has; save the whole model as a .keras file`,
    );
  }
  return wholeNormalization(
    Object.fromEntries(names.map((name, index) => [name, floats(arrays[index]!, path.at(-1)!)])),
  );
}

function isFloat(type: string): boolean {
  return /^<[efd]$/.test(type);
}

/** @throws {WeightsError} If an array of a layer is not of floats that can be read. */
function floats(array: OpenGroup["arrays"][number], layer: string): RowArray {
  if (isFloat(array.type)) return array;
  throw new WeightsError(
    `the arrays of its layer ${layer} must be <e, <f or <d, floats of 16, 32 or 64 bits. ` +
      `Received: ${array.type}${
        array.type === "unknown"
          ? ", as HDF5 has no bfloat16; save the model with the dtype policy float32 or mixed_bfloat16"
          : ""
      }`,
  );
}

function ranksOf(arrays: OpenGroup["arrays"]): string {
  return arrays.map(({ shape }) => shape.length).join(" ");
}

function list(arrays: OpenGroup["arrays"]): string {
  return arrays.map(({ shape }) => `[${shape}]`).join(", ");
}
