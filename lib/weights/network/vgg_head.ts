import type { ConfigurationName } from "../../vgg/configurations.ts";
import { filtersOf, haveOneWidth } from "./vgg_trunk.ts";
import type { StoredArray } from "../weights_file.ts";

/** The arrays of a layer, with a kernel of shape `[inputs, units]`. */
type Dense = Readonly<Record<string, StoredArray>>;

const paperHead = ["fc1", "fc2", "predictions"];

/**
 * Returns the names of the layers of a VGG's head: none without a top; `predictions` on pooled maps or on
 * maps of 1×1; or the paper's three, whose hidden units are 4096 times the width of the convolutions.
 * Returns `undefined` for every other head.
 *
 * @param filters The filters of each convolution.
 */
export function headNames(
  dense: readonly Dense[],
  configuration: ConfigurationName,
  filters: readonly number[],
): readonly string[] | undefined {
  if (dense.length === 0) return [];
  const shapes = dense.map(({ kernel }) => kernel!.shape);
  const channels = filters.at(-1)!;
  const [[inputs, units] = []] = shapes;
  if (shapes.length === 1) return inputs === channels ? ["predictions"] : undefined;
  const [, second, last] = shapes;
  const fits = shapes.length === 3 && Number.isInteger(Math.sqrt(inputs! / channels)) &&
    String(second) === String([units, units]) && last![0] === units &&
    haveOneWidth([...filters, units!], [...filtersOf(configuration), 4096]);
  return fits ? paperHead : undefined;
}

/** Describes fully connected layers in a few words: `fully connected 512 → 256 → 10`. */
export function describeHead(dense: readonly Dense[], others: readonly string[] = []): string {
  const [first, ...rest] = dense.map(({ kernel }) => kernel!.shape);
  const widths = first ? [first[0], first[1], ...rest.map((shape) => shape[1])] : [];
  return [
    ...(widths.length > 0 ? [`fully connected ${widths.join(" → ")}`] : []),
    ...others,
  ].join(", ");
}
