import { WeightsError } from "../errors.ts";
import type { FileContent, FileFacts } from "../file_content.ts";
import { countOf, type RawWeights, type RowArray } from "../weights_file.ts";
import { isPixelStatistic, splitName } from "./array_names.ts";
import { findNet } from "./find_net.ts";
import { withoutParametrizations } from "./parametrized.ts";
import { layersOfTorch } from "./torch_layers.ts";

/**
 * Finds a VGG net among arrays with PyTorch's layouts, and reads what they say of its preprocessing.
 *
 * @throws {WeightsError} If there is none; the error names the path, and the file is closed.
 */
export async function torchContent(raw: RawWeights): Promise<FileContent> {
  try {
    const net = findNet(withoutParametrizations(raw.arrays));
    const { strays, ...layers } = layersOfTorch(net);
    const { preprocessing, used } = await preprocessingIn(net.arrays);
    const left = strays.filter((name) => !used.includes(name));
    const notes = [
      ...net.notes,
      ...(left.length > 0 ? [`left out: ${left.slice(0, 3).join(", ")}`] : []),
      ...(preprocessing ? [`${used.join(" and ")} were taken for those of its pixels`] : []),
    ];
    return {
      names: net.arrays.keys(),
      layers: () => layers,
      metadata: raw.metadata,
      facts: { ...(preprocessing ? { preprocessing } : {}), notes },
      [Symbol.dispose]: () => raw[Symbol.dispose](),
    };
  } catch (error) {
    raw[Symbol.dispose]();
    if (!(error instanceof WeightsError)) throw error;
    throw new WeightsError(`${raw.path} does not hold a VGG net: ${error.message}`);
  }
}

interface PixelStatistics extends Pick<FileFacts, "preprocessing"> {
  /** The names of the arrays. */
  readonly used: readonly string[];
}

/** Reads the mean and the deviation of pixels that a net has among its arrays, if it has one of each. */
async function preprocessingIn(arrays: ReadonlyMap<string, RowArray>): Promise<PixelStatistics> {
  const found = [...arrays].filter(([name, { shape }]) =>
    isPixelStatistic(splitName(name).role) && countOf(shape) === 3
  );
  const [mean, deviation] = ["mean", "std"].map((end) =>
    found.find(([name]) => name.endsWith(end))
  );
  if (found.length !== 2 || !mean || !deviation) return { used: [] };
  const [means, deviations] = [await mean[1].read(), await deviation[1].read()];
  // Means of pixels from 0 to 1 are at most 1.
  const scale = Math.max(...means) <= 1 ? 255 : 1;
  const scaled = (values: Float32Array): [number, number, number] =>
    [...values].map((value) => value * scale) as [number, number, number];
  if (![...means, ...deviations].every(Number.isFinite) || deviations.some((one) => one <= 0)) {
    return { used: [] };
  }
  const normalization = {
    kind: "standardize",
    mean: scaled(means),
    deviation: scaled(deviations),
  } as const;
  return { preprocessing: { normalization, channelOrder: "RGB" }, used: [mean[0], deviation[0]] };
}
