import { BrokenImageError, type Dataset } from "../../data/dataset.ts";
import { attributes, type Content, type Html, markup } from "../../display/markup.ts";
import { topLosses } from "../../explain/top_losses.ts";
import { type Caption, type Tile, tileAspect } from "../../figures/gallery/gallery.ts";
import { mistakeTile } from "../../figures/gallery/misclassified.ts";
import { readShownMistakes } from "../../figures/gallery/pick_mistakes.ts";
import { predictionTiles } from "../../figures/gallery/prediction_tiles.ts";
import { colors } from "../../figures/plotly/style.ts";
import type { Prediction } from "../../runs/schemas.ts";
import type { EvaluationData } from "../read_run.ts";
import { type Section, section, type SectionContext } from "./section.ts";

/** The most images of a gallery. */
const maxImages = 12;

/** An image with its prediction. */
export interface GalleryImage {
  readonly prediction: Prediction;
  readonly tile: Tile;
  /** How `browser/images.js` finds what is shown of a prediction: its run and index. */
  readonly key?: string;
}

/** Draws what in images a network predicted their classes from. */
export type Explain = (images: readonly GalleryImage[]) => Promise<Tile[]>;

/** The most confident mistakes, whose images are stored with the results. */
export async function mistakesSection(
  { results, evaluation, predictions }: EvaluationData,
  explain: Explain | undefined,
  context: SectionContext,
): Promise<Section> {
  const mistakes = await readShownMistakes(results);
  const keyOf = keysOf(predictions, context);
  const images = mistakes.slice(0, maxImages).map((mistake): GalleryImage => ({
    ...{ prediction: mistake.mistake, key: keyOf(mistake.mistake) },
    tile: mistakeTile(mistake, evaluation.classes),
  }));
  const all = Math.round(evaluation.images * (1 - evaluation.top1));
  return section(
    context,
    "mistakes",
    "Most confident mistakes",
    all === 0
      ? markup`<p>Every image was classified correctly.</p>`
      : markup`<p class="lead">The ${images.length} of ${all} mistakes with the highest predicted
probability.${explained(explain)}</p><div data-saved>${await gallery(images, explain)}</div>`,
  );
}

/** The images with the highest loss: the lowest predicted probability of their own class. */
export async function lossesSection(
  { predictions, dataset }: EvaluationData,
  explain: Explain | undefined,
  context: SectionContext,
): Promise<Section> {
  const worst = topLosses(predictions, maxImages);
  const tiles = dataset && await tilesOf(dataset, worst);
  const keyOf = keysOf(predictions, context);
  const images = tiles?.map((tile, index): GalleryImage => {
    const prediction = worst[index]!;
    return { prediction, tile, key: keyOf(prediction) };
  });
  return section(
    context,
    "losses",
    "Top losses",
    images
      ? markup`<p class="lead">The images whose own class has the lowest predicted probability: the
worst mistakes, or wrong labels.${explained(explain)}</p>${await gallery(images, explain)}`
      : markup`<p class="note">The images are not shown: the data set was not found, or lacks
one of them.</p>`,
  );
}

function keysOf(
  predictions: readonly Prediction[],
  { run = 1 }: SectionContext,
): (prediction: Prediction) => string {
  const places = new Map(predictions.map(({ id }, index) => [id, index]));
  return ({ id }) => `${run}:${places.get(id)}`;
}

/** Returns `undefined` where the data set lacks an image of the predictions, or it cannot be read. */
export async function tilesOf(
  dataset: Dataset,
  predictions: readonly Prediction[],
): Promise<Tile[] | undefined> {
  try {
    return await predictionTiles(dataset, predictions);
  } catch (error) {
    const isImages = error instanceof RangeError || error instanceof BrokenImageError ||
      error instanceof Deno.errors.NotFound;
    if (isImages) return undefined;
    throw error;
  }
}

function explained(explain: Explain | undefined): string {
  return explain
    ? " On the right, Grad-CAM: the stronger the color, the more a region supports the predicted class."
    : "";
}

/** Returns images with their captions, each with what it was predicted from beside it. */
export async function gallery(
  images: readonly GalleryImage[],
  explain: Explain | undefined,
): Promise<Html> {
  const overlays = await explain?.(images);
  const items = await Promise.all(
    images.map((image, index) => item(image, overlays?.[index])),
  );
  const kind = overlays ? "gallery pairs" : "gallery";
  const aspect = tileAspect(images.map(({ tile }) => tile)).toFixed(3);
  return markup`<ul${attributes({ class: kind, style: `--aspect: ${aspect}` })}>
${items}</ul>`;
}

async function item(
  { tile, prediction, key }: GalleryImage,
  overlay: Tile | undefined,
): Promise<Html> {
  const alternative = tile.captions.map(({ label = "", text, end = "" }) => label + text + end)
    .join(", ");
  const image = async ({ image, width, height }: Tile, alt: string): Promise<Html> =>
    markup`<img${attributes({ src: await asWebp(image), alt, width, height })}>`;
  const heat = overlay && await image(overlay, `Grad-CAM. ${alternative}`);
  return markup`<li${attributes({ "data-image": key })}><figure>
<div class="images">${await image(tile, `Image ${prediction.id}`)}${heat}</div>
<figcaption>${tile.captions.map(line)}${overlay && legend(overlay)}</figcaption>
</figure></li>
`;
}

/** What is explained, and what the colors mean. */
function legend({ captions, scale }: Tile): Html {
  const { bar = "", low = "", high = "" } = scale ?? {};
  const words = captions.map(({ label = "", text }) =>
    text === "" ? `${label.trim()} ` : markup`${label}<strong>${text}</strong> `
  );
  return markup`<span class="scale"><span>${words}</span><span>${low}</span>
<img${attributes({ src: bar, alt: "to" })}><span>${high}</span></span>`;
}

function line({ label = "", text, end = "", color = "" }: Caption): Content {
  const name = Object.entries(colors).find(([, value]) => value === color)?.[0] ?? "ink";
  return markup`${label}<strong style="color: var(--${name})">${text}</strong>${end}<br>`;
}

/** WebP takes a sixth of the bytes: a page may hold many images. */
async function asWebp(source: string): Promise<string> {
  const { default: sharp } = await import("sharp");
  const bytes = Uint8Array.fromBase64(source.slice(source.indexOf(",") + 1));
  const webp = await sharp(bytes).webp({ quality: 80 }).toBuffer();
  return `data:image/webp;base64,${webp.toString("base64")}`;
}
