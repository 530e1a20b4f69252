import { WeightsError } from "../errors.ts";
import type { LayerArrays, LayersInOrder } from "../name_layers.ts";
import type { RowArray } from "../weights_file.ts";
import { denseFromTorch, kernelFromTorch } from "./torch_layout.ts";

const normalizationNames: Readonly<Record<string, string>> = {
  weight: "gamma",
  bias: "beta",
  running_mean: "moving_mean",
  running_var: "moving_variance",
};

/** Whether arrays have the names of torchvision's VGG nets. */
export function isTorchvision(names: Iterable<string>): boolean {
  return [...names].some((name) => /^(module\.)?features\.\d+\.weight$/.test(name));
}

/**
 * Converts the arrays of a torchvision VGG net, `features.0.weight` … `classifier.6.bias`, to layers in
 * this library's layouts.
 *
 * @throws {WeightsError} If an array does not belong to such a net or one is missing.
 */
export function layersOfTorchvision(arrays: ReadonlyMap<string, RowArray>): LayersInOrder {
  const convolutions: LayerArrays[] = [];
  const normalizations: LayerArrays[] = [];
  const dense: LayerArrays[] = [];
  let channels = 0;
  for (const [part, layer] of partsOf(arrays)) {
    const { weight, bias } = layer;
    if (!weight) throw new WeightsError(`${part}.weight is missing`);
    const rank = weight.shape.length;
    const withBias = (kernel: LayerArrays[string]): LayerArrays =>
      bias ? { kernel, bias } : { kernel };
    if (part.startsWith("features") && rank === 4) {
      channels = weight.shape[0]!;
      convolutions.push(withBias(kernelFromTorch(weight)));
    } else if (part.startsWith("features") && rank === 1) {
      normalizations.push(normalizationOf(part, layer));
    } else if (part.startsWith("classifier") && rank === 2) {
      const inputChannels = dense.length === 0 ? channels : weight.shape[1]!;
      dense.push(withBias(denseFromTorch(weight, inputChannels)));
    } else {
      throw new WeightsError(
        `${part}.weight of shape [${weight.shape}] does not belong to a VGG net`,
      );
    }
  }
  return { convolutions, normalizations, dense };
}

/** Layers in the net's order, `features.0` before `features.10` before `classifier.0`. */
function partsOf(
  arrays: ReadonlyMap<string, RowArray>,
): [string, Readonly<Record<string, RowArray>>][] {
  const parts = new Map<string, Record<string, RowArray>>();
  const unknown: string[] = [];
  for (const [name, array] of arrays) {
    // DataParallel adds the prefix `module.`.
    const match = /^(?:module\.)?((?:features|classifier)\.\d+)\.(\w+)$/.exec(name);
    const [, part, weight] = match ?? [];
    if (part === undefined || weight === undefined) unknown.push(name);
    else if (weight !== "num_batches_tracked") {
      parts.set(part, { ...parts.get(part), [weight]: array });
    }
  }
  if (unknown.length > 0) {
    throw new WeightsError(`torchvision's VGG nets do not have ${unknown.join(", ")}`);
  }
  const order = (part: string): number =>
    Number(part.split(".")[1]) + (part.startsWith("classifier") ? 1e6 : 0);
  return [...parts].sort(([a], [b]) => order(a) - order(b));
}

function normalizationOf(part: string, layer: Readonly<Record<string, RowArray>>): LayerArrays {
  return Object.fromEntries(
    Object.entries(normalizationNames).map(([torchName, name]) => {
      const array = layer[torchName];
      if (!array) throw new WeightsError(`${part}.${torchName} is missing`);
      return [name, array];
    }),
  );
}
