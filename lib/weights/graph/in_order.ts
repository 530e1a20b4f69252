import { configurations } from "../../vgg/configurations.ts";
import { WeightsError } from "../errors.ts";
import type { LayersInOrder } from "../name_layers.ts";
import type { Layer } from "./layer.ts";

/** The numbers of convolutions before each pooling, of each net of the paper. */
const paperPoolings = Object.values(configurations).map((blocks) => {
  let convolutions = 0;
  return blocks.map((block) =>
    convolutions += block.filter(({ kind }) => kind === "convolution").length
  );
});

/**
 * Sorts the layers of a graph by kind.
 *
 * @param poolings The number of convolutions before each pooling.
 * @param others Layers behind the convolutions that no VGG net has.
 * @param epsilon What batch normalization adds to the variance.
 * @throws {WeightsError} If a ReLU or a pooling is not where a VGG net has one.
 */
export function inOrder(
  layers: readonly Layer[],
  { poolings, others, epsilon }: {
    poolings: readonly number[];
    others: readonly string[];
    epsilon: number;
  },
): LayersInOrder {
  const convolutions = layers.filter(({ kind }) => kind === "convolution");
  const dense = layers.filter(({ kind }) => kind === "dense");
  requirePoolings(convolutions.length, poolings, dense.length + others.length > 0);
  const last = convolutions.at(-1);
  if (last && !last.activated && dense.length + poolings.length > 0) {
    throw new WeightsError(`no ReLU follows ${last.name}`);
  }
  const bias = convolutions.some(({ hasBias }) => hasBias);
  return {
    convolutions: convolutions.map((layer) => layer.arrays(bias)),
    normalizations: convolutions.flatMap((layer) => layer.normalizationArrays(epsilon)),
    dense: dense.map((layer) => layer.arrays(true)),
    others: dense.at(-1)?.activated ? [...others, "a last ReLU"] : others,
  };
}

/** Checks that poolings follow the convolutions that they follow in the paper; the last may be missing without a head. */
function requirePoolings(count: number, poolings: readonly number[], hasHead: boolean): void {
  const paper = paperPoolings.filter((numbers) => numbers.at(-1) === count);
  if (paper.length === 0) return; // Another number of convolutions has its own error.
  const fits = paper.some((numbers) =>
    String(numbers) === String(poolings) ||
    !hasHead && String(numbers.slice(0, -1)) === String(poolings)
  );
  if (fits) return;
  throw new WeightsError(
    `its poolings must follow convolutions ${paper[0]!.join(", ")}. Received: ${
      poolings.length > 0 ? poolings.join(", ") : "none"
    }`,
  );
}
