import type { Dataset, Split } from "../../data/dataset.ts";
import { OptionError } from "../../errors.ts";
import type { Prediction } from "../../runs/schemas.ts";
import { colors } from "../plotly/style.ts";
import { formatPercent } from "../plotly/text.ts";
import { classCaption } from "./class_captions.ts";
import type { Caption, Tile } from "./gallery.ts";
import { imageTile } from "./image_tile.ts";

/** Shortest side of the image of a tile in pixels. */
const side = 160;

/**
 * Makes gallery tiles of predictions for a data set's images: the image with its correct and its
 * predicted class, each with its probability, and the loss if given.
 *
 * @throws {OptionError} If a prediction's image is in none of the splits.
 *
 * @example
 * ```ts
 * import { loadDataset } from "vgg/data";
 * import { topLosses } from "vgg/explain";
 * import { galleryFigure, predictionTiles } from "vgg/figures";
 *
 * const dataset = await loadDataset("drawn10");
 * const id = dataset.validation.path(0);
 * const probabilities = [0.1, 0.9, 0, 0, 0, 0, 0, 0, 0, 0];
 * const predictions = [{ id, actual: 0, predicted: 1, probabilities }]; // see `Run.predictions`
 * const tiles = await predictionTiles(dataset, topLosses(predictions, 8));
 * galleryFigure(tiles, { title: "The highest losses" });
 * ```
 */
export async function predictionTiles(
  dataset: Pick<Dataset, "validation" | "classes"> & Partial<Pick<Dataset, "train" | "test">>,
  predictions: readonly (Prediction & { readonly loss?: number })[],
): Promise<Tile[]> {
  const { classes, validation, test, train } = dataset;
  const find = finder([validation, test, train]);
  return await Promise.all(predictions.map(async (prediction) => {
    const { id, actual, predicted, probabilities, loss } = prediction;
    const [split, index] = find(id);
    const image = await split.image(index, { mode: "shortest-side", size: side });
    const caption = (label: number): Caption => ({
      ...classCaption(label, classes),
      end: ` (${formatPercent(probabilities[label] ?? 0, 0)})`,
    });
    return await imageTile(
      image,
      { label: "Correct: ", ...caption(actual), color: colors.correct },
      { label: "Predicted: ", ...caption(predicted), color: colors.wrong },
      ...(loss === undefined ? [] : [{ label: "Loss: ", text: loss.toFixed(2) }]),
    );
  }));
}

/** Returns a function that finds an image by its path in the first of the splits that has it. */
function finder(splits: readonly (Split | undefined)[]): (id: string) => readonly [Split, number] {
  const lists = splits.map((split): () => ReadonlyMap<string, number> => {
    let list: ReadonlyMap<string, number> | undefined;
    // A split may be long; mostly the first one is enough.
    return () =>
      list ??= new Map(Array.from(split?.labels ?? [], (_, at) => [split!.path(at), at]));
  });
  return (id) => {
    for (const [at, list] of lists.entries()) {
      const index = list().get(id);
      if (index !== undefined) return [splits[at]!, index];
    }
    throw new OptionError(`a prediction must be of an image of the data set. Received: ${id}`);
  };
}
