import type { ClassLabel } from "../../data/dataset.ts";
import { imageFinder, type ShownDataset } from "../../data/image_finder.ts";
import type { Prediction } from "../../runs/schemas.ts";
import { colors } from "../plotly/style.ts";
import { formatPercent } from "../plotly/text.ts";
import { classCaption } from "./class_captions.ts";
import type { Caption, Tile } from "./gallery.ts";
import { imageTile } from "./image_tile.ts";

/** Shortest side of the image of a tile in pixels. */
const side = 160;

/** A prediction whose image is shown, perhaps with its loss. */
export type ShownPrediction = Prediction & { readonly loss?: number };

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
  dataset: ShownDataset,
  predictions: readonly ShownPrediction[],
): Promise<Tile[]> {
  const find = imageFinder(dataset);
  return await Promise.all(predictions.map(async (prediction) => {
    const image = await find(prediction.id)({ mode: "shortest-side", size: side });
    return await imageTile(image, ...predictionCaptions(prediction, dataset.classes));
  }));
}

/** The lines below the image of a prediction. */
export function predictionCaptions(
  { actual, predicted, probabilities, loss }: ShownPrediction,
  classes: readonly ClassLabel[],
): Caption[] {
  const caption = (label: number): Caption => ({
    ...classCaption(label, classes),
    end: ` (${formatPercent(probabilities[label] ?? 0, 0)})`,
  });
  return [
    { label: "Correct: ", ...caption(actual), color: colors.correct },
    {
      label: "Predicted: ",
      ...caption(predicted),
      color: predicted === actual ? colors.correct : colors.wrong,
    },
    ...(loss === undefined ? [] : [{ label: "Loss: ", text: loss.toFixed(2) }]),
  ];
}
