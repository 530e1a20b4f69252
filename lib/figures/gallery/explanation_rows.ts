import { imageFinder, type LoadImage, type ShownDataset } from "../../data/image_finder.ts";
import { explainImages, type ExplainOptions } from "../../explain/explain_images.ts";
import type { Net } from "../../weights/net.ts";
import { explanationTile } from "./explanation_tiles.ts";
import type { Caption, Tile } from "./gallery.ts";
import { imageTile } from "./image_tile.ts";
import { loadSeen } from "./load_seen.ts";
import { predictionCaptions, type ShownPrediction } from "./prediction_tiles.ts";

/** How {@linkcode explanationRow} works. */
export interface ExplanationRowOptions extends Omit<ExplainOptions, "labels"> {
  /** The classes to explain, one after the other. Default: the predicted one. */
  readonly labels?: readonly number[];
  /** The lines below the image. */
  readonly captions?: readonly (string | Caption)[];
}

/** How {@linkcode explanationRows} works. */
export interface ExplanationRowsOptions extends Omit<ExplainOptions, "labels"> {
  /** The classes to explain. Default: `predicted` alone. */
  readonly classes?: readonly ("predicted" | "actual")[];
}

/** The shorter side of explained images in pixels. */
const side = 160;

/**
 * Explains an image, and draws it and its explanations as a row of {@linkcode explanationsFigure}.
 *
 * @param load Loads the image in a size: as the network receives it, and larger.
 * @throws Everything that `explainImages` throws.
 *
 * @example
 * ```ts ignore
 * import { decodeImage } from "vgg/data";
 * import { explanationRow, explanationsFigure } from "vgg/figures";
 * import { openNet } from "vgg/weights";
 *
 * const net = await openNet("runs/mine");
 * const row = await explanationRow(net, (size) => decodeImage("bison.jpg", size));
 * explanationsFigure([row]);
 * ```
 */
export async function explanationRow(
  net: Net,
  load: LoadImage,
  { labels, captions = [], ...options }: ExplanationRowOptions = {},
): Promise<Tile[]> {
  const input = await load(net.fit);
  const image = await loadSeen(load, net.fit, side);
  const row = [await imageTile(image, ...captions)];
  for (const label of labels ?? [undefined]) {
    const [explained] = await explainImages(net, [input], {
      ...options,
      ...(label === undefined ? {} : { labels: label }),
    });
    for (const kind of explained!.grids.keys()) {
      row.push(await explanationTile(image, explained!, kind));
    }
  }
  return row;
}

/**
 * Explains predictions for a data set's images, and draws each as a row of {@linkcode explanationsFigure}: the
 * image with its correct and its predicted class, and the explanations.
 *
 * @throws {OptionError} If a prediction's image is in none of the splits.
 *
 * @example
 * ```ts ignore
 * import { loadDataset, mostConfidentMistakes, openRun } from "vgg";
 * import { explanationRows, explanationsFigure } from "vgg/figures";
 * import { openNet } from "vgg/weights";
 *
 * const run = await openRun("runs/mine");
 * const mistakes = mostConfidentMistakes(await run.predictions()).slice(0, 4);
 * const net = await openNet("runs/mine");
 * explanationsFigure(await explanationRows(net, await loadDataset("drawn10"), mistakes));
 * ```
 */
export async function explanationRows(
  net: Net,
  dataset: ShownDataset,
  predictions: readonly ShownPrediction[],
  { classes = ["predicted"], ...options }: ExplanationRowsOptions = {},
): Promise<Tile[][]> {
  const find = imageFinder(dataset);
  const rows: Tile[][] = [];
  for (const prediction of predictions) {
    rows.push(
      await explanationRow(net, find(prediction.id), {
        ...options,
        labels: classes.map((which) => prediction[which]),
        captions: predictionCaptions(prediction, dataset.classes),
      }),
    );
  }
  return rows;
}
