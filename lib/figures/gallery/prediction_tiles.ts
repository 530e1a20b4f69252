import type { Dataset } from "../../data/dataset.ts";
import { labelClasses } from "../../display/label_classes.ts";
import { OptionError } from "../../errors.ts";
import type { Prediction } from "../../runs/schemas.ts";
import { colours } from "../plotly/style.ts";
import { formatPercent } from "../plotly/text.ts";
import type { Tile } from "./gallery.ts";
import { imageTile } from "./image_tile.ts";

/** Shortest side of the image of a tile in pixels. */
const side = 160;

/**
 * Makes gallery tiles of predictions for validation images: the image with its correct and its
 * predicted class, each with its probability, and the loss if given.
 *
 * @throws {OptionError} If a prediction's image is not in the validation split.
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
  { validation, classes }: Pick<Dataset, "validation" | "classes">,
  predictions: readonly (Prediction & { readonly loss?: number })[],
): Promise<Tile[]> {
  const indices = new Map(Array.from(validation.labels, (_, at) => [validation.path(at), at]));
  const labels = labelClasses(classes);
  const name = (label: number): string => labels[label]?.name ?? String(label);
  return await Promise.all(predictions.map(async (prediction) => {
    const { id, actual, predicted, probabilities, loss } = prediction;
    const index = indices.get(id);
    if (index === undefined) {
      throw new OptionError(`a prediction must be of an image of the data set. Received: ${id}`);
    }
    const image = await validation.image(index, { mode: "shortest-side", size: side });
    const caption = (label: number): { text: string; end: string } => ({
      text: name(label),
      end: ` (${formatPercent(probabilities[label] ?? 0, 0)})`,
    });
    return await imageTile(
      image,
      { label: "Correct: ", ...caption(actual), colour: colours.correct },
      { label: "Predicted: ", ...caption(predicted), colour: colours.wrong },
      ...(loss === undefined ? [] : [{ label: "Loss: ", text: loss.toFixed(2) }]),
    );
  }));
}
