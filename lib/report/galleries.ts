import type { Dataset } from "../data/dataset.ts";
import { topLosses } from "../explain/top_losses.ts";
import { type Caption, type Tile, tileAspect } from "../figures/gallery/gallery.ts";
import { mistakeTile } from "../figures/gallery/misclassified.ts";
import { predictionTiles } from "../figures/gallery/prediction_tiles.ts";
import { readShownMistakes } from "../figures/gallery/pick_mistakes.ts";
import { colours } from "../figures/plotly/style.ts";
import type { Prediction } from "../runs/schemas.ts";
import { attributes, type Content, type Html, markup } from "./markup.ts";
import type { Evaluated } from "./reported_run.ts";
import { type Section, section, type Setting } from "./section.ts";

/** Images of a gallery. */
const shown = 12;

/** An image with what was predicted of it. */
export interface Shown {
  readonly prediction: Prediction;
  readonly tile: Tile;
}

/** Draws where in images a network sees the classes that it predicted, as `data:` URLs. */
export type Explain = (images: readonly Shown[]) => Promise<string[]>;

/** The mistakes that the net was surest of; their images lie with the results. */
export async function mistakesSection(
  { results, evaluation }: Evaluated,
  explain: Explain | undefined,
  setting: Setting,
): Promise<Section> {
  const mistakes = await readShownMistakes(results);
  const images = mistakes.slice(0, shown).map((mistake): Shown => ({
    prediction: mistake.mistake,
    tile: mistakeTile(mistake, evaluation.classes),
  }));
  const all = Math.round(evaluation.images * (1 - evaluation.top1));
  return section(
    setting,
    "mistakes",
    "Surest mistakes",
    all === 0
      ? markup`<p>Every image was classified correctly.</p>`
      : markup`<p class="lead">The ${images.length} of ${all} mistakes whose wrong class the network
thought likeliest.${explained(explain)}</p>${await gallery(images, explain)}`,
  );
}

/** The images with the highest loss: those whose own class the net thought least likely. */
export async function lossesSection(
  { predictions }: Evaluated,
  dataset: Dataset | undefined,
  explain: Explain | undefined,
  setting: Setting,
): Promise<Section> {
  const worst = topLosses(predictions, shown);
  const tiles = dataset && await tilesOf(dataset, worst);
  const images = tiles?.map((tile, index): Shown => ({ prediction: worst[index]!, tile }));
  return section(
    setting,
    "losses",
    "Top losses",
    images
      ? markup`<p class="lead">The images whose own class the network thought least likely: what it got
most wrong, or what is labelled wrongly.${explained(explain)}</p>${await gallery(
        images,
        explain,
      )}`
      : markup`<p class="note">The images are not shown: the data set was not found where it was.</p>`,
  );
}

/** Tiles of the data set's images; nothing where the predictions are of other ones. */
async function tilesOf(
  dataset: Dataset,
  predictions: readonly Prediction[],
): Promise<Tile[] | undefined> {
  try {
    return await predictionTiles(dataset, predictions);
  } catch (error) {
    if (error instanceof RangeError || error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function explained(explain: Explain | undefined): string {
  return explain
    ? " On the right, Grad-CAM: the warmer a place, the more it speaks for the predicted class."
    : "";
}

async function gallery(images: readonly Shown[], explain: Explain | undefined): Promise<Html> {
  const overlays = await explain?.(images);
  const items = await Promise.all(
    images.map((image, index) => item(image, overlays?.[index])),
  );
  const kind = overlays ? "gallery pairs" : "gallery";
  const aspect = tileAspect(images.map(({ tile }) => tile)).toFixed(3);
  return markup`<ul${attributes({ class: kind, style: `--aspect: ${aspect}` })}>
${items}</ul>`;
}

async function item({ tile, prediction }: Shown, overlay: string | undefined): Promise<Html> {
  const alternative = tile.captions.map(({ label = "", text, end = "" }) => label + text + end)
    .join(", ");
  const { width, height } = tile;
  const image = async (source: string, alt: string): Promise<Html> =>
    markup`<img${attributes({ src: await asWebp(source), alt, width, height })}>`;
  const heat = overlay && await image(overlay, `Where the network looks. ${alternative}`);
  return markup`<li><figure>
<div class="images">${await image(tile.image, `Image ${prediction.id}`)}${heat}</div>
<figcaption>${tile.captions.map(line)}</figcaption>
</figure></li>
`;
}

function line({ label = "", text, end = "", colour = "" }: Caption): Content {
  const name = Object.entries(colours).find(([, value]) => value === colour)?.[0] ?? "ink";
  return markup`${label}<strong style="color: var(--${name})">${text}</strong>${end}<br>`;
}

/** An image at a sixth of its bytes: a page may hold many. */
async function asWebp(source: string): Promise<string> {
  const { default: sharp } = await import("sharp");
  const bytes = Uint8Array.fromBase64(source.slice(source.indexOf(",") + 1));
  const webp = await sharp(bytes).webp({ quality: 80 }).toBuffer();
  return `data:image/webp;base64,${webp.toString("base64")}`;
}
