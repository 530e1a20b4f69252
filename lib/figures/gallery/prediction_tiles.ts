import type { Dataset } from "../../data/dataset.ts";
import type { Prediction } from "../../runs/schemas.ts";
import type { Tile } from "./gallery.ts";
import { imageTile } from "./image_tile.ts";
import { colours } from "../plotly/style.ts";
import { firstName, formatPercent } from "../plotly/text.ts";

/** Shortest side of a tile's image in pixels. */
const side = 160;

/**
 * Tiles for a gallery of predictions on a data set's validation images: the image with its own class
 * and the predicted one, each with its probability, and the loss where it is told.
 *
 * @throws {RangeError} For a prediction of an image that the data set does not have.
 *
 * @example
 * ```ts ignore
 * const worst = (await run.predictions()).slice(0, 8);
 * galleryFigure(await predictionTiles(await loadDataset("drawn10"), worst), { title: "Eight" });
 * ```
 */
export async function predictionTiles(
  { validation, classes }: Pick<Dataset, "validation" | "classes">,
  predictions: readonly (Prediction & { readonly loss?: number })[],
): Promise<Tile[]> {
  const indices = new Map(Array.from(validation.labels, (_, at) => [validation.path(at), at]));
  const name = (label: number): string => firstName(classes[label]?.name ?? String(label));
  return await Promise.all(predictions.map(async (prediction) => {
    const { id, actual, predicted, probabilities, loss } = prediction;
    const index = indices.get(id);
    if (index === undefined) {
      throw new RangeError(`a prediction must be of an image of the data set. Received: ${id}`);
    }
    const sure = (label: number): string => ` (${formatPercent(probabilities[label] ?? 0, 0)})`;
    return await imageTile(
      await validation.image(index, { mode: "shortest-side", size: side }),
      { label: "Correct: ", text: name(actual), end: sure(actual), colour: colours.correct },
      { label: "Predicted: ", text: name(predicted), end: sure(predicted), colour: colours.wrong },
      ...(loss === undefined ? [] : [{ label: "Loss: ", text: loss.toFixed(2) }]),
    );
  }));
}
