import type { Evaluation } from "../../runs/schemas.ts";
import { choosePictures, maxOfGroup, type PictureChoice } from "./choose_pictures.ts";
import type { EvaluatedRun, ListedRun, PageImage } from "./list_images.ts";
import { type KnownDigests, openPictures, type PictureLoader } from "./load_picture.ts";

/** The most bytes of a page with pictures; without them it may be larger. */
export const maxPageBytes = 6e6;
/** Pictures decoded at once. */
const batch = 32;

/** How {@linkcode addPictures} works. */
export interface PictureOptions {
  readonly choice: PictureChoice;
  /** The bytes that the pictures may take in the page. */
  readonly room: number;
  readonly signal?: AbortSignal | undefined;
}

/** The pictures of a page, each once, by data set and id. */
interface Album {
  readonly pictures: string[];
  readonly places: Map<string, number>;
  /** The bytes that are left. */
  room: number;
}

/**
 * Adds pictures to the images of a page's runs, and to the runs' notes what was left out or has changed.
 * Runs share the room equally; pictures of the same data set are in the page once.
 *
 * @returns WebP files in base64, to which `PageImage.picture` refers.
 */
export async function addPictures(
  listed: readonly ListedRun[],
  runs: readonly EvaluatedRun[],
  { choice, room, signal }: PictureOptions,
): Promise<string[]> {
  const album: Album = { pictures: [], places: new Map(), room: 0 };
  const known: KnownDigests = new Map();
  for (const [at, run] of runs.entries()) {
    album.room += Math.max(0, room) / runs.length;
    const { images, notes } = listed[at]!;
    const loader = choice === "none" ? undefined : await openPictures(run, known);
    const byIndex = new Map(images.map((image) => [image.at, image]));
    const chosen = choosePictures(run.evaluated.predictions, choice)
      .flatMap((index) => byIndex.get(index) ?? []);
    const isFull = loader && !await fill(album, chosen, loader, sourceOf(run), signal);
    notes.push(...notesOn(images, choice, loader, isFull === true));
  }
  return album.pictures;
}

function sourceOf({ training, evaluated }: EvaluatedRun): string {
  const { data }: Evaluation = evaluated.evaluation;
  return data?.source ?? training?.record.data.source ?? "";
}

/** Returns whether all fitted in. */
async function fill(
  album: Album,
  images: readonly PageImage[],
  loader: PictureLoader,
  source: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const keyOf = ({ id }: PageImage): string => JSON.stringify([source, id]);
  for (let start = 0; start < images.length; start += batch) {
    signal?.throwIfAborted();
    const some = images.slice(start, start + batch);
    const loaded = await Promise.all(
      some.map((image) => loader.load(image.at, !album.places.has(keyOf(image)))),
    );
    for (const [index, { webp, state }] of loaded.entries()) {
      const image = some[index]!;
      const bytes = webp === undefined ? 0 : webp.length + 3; // Quotes and a comma.
      if (bytes > album.room) return false;
      if (state) image.state = state;
      if (webp !== undefined && !album.places.has(keyOf(image))) {
        album.room -= bytes;
        album.places.set(keyOf(image), album.pictures.push(webp) - 1);
      }
      const place = album.places.get(keyOf(image));
      if (place !== undefined && state !== "missing") image.picture = place;
    }
  }
  return true;
}

/** What is said of the pictures that are not there, or not as they were. */
function notesOn(
  images: readonly PageImage[],
  choice: PictureChoice,
  loader: PictureLoader | undefined,
  isFull: boolean,
): string[] {
  if (choice === "none") return ["Without pictures but those of the galleries (--pictures none)."];
  if (!loader) {
    return ["The data set was not found: only the saved mistakes have pictures."];
  }
  const count = (state: PageImage["state"]): number =>
    images.filter((image) => image.state === state).length;
  const shown = images.filter(({ picture }) => picture !== undefined).length;
  const limits = [
    ...choice === "mistakes" ? ["only mistakes have any (--pictures mistakes)"] : [],
    `at most ${maxOfGroup} in each cell of the confusion matrix and in each bin of the calibration`,
    ...isFull ? [`the page has at most ${maxPageBytes / 1e6} MB`] : [],
  ];
  const [changed, missing] = [count("changed"), count("missing")];
  return [
    ...shown < images.length
      ? [`${shown} of ${images.length} images have pictures: ${limits.join("; ")}.`]
      : [],
    ...changed > 0 ? [`Changed since the evaluation: ${changed} of the pictures shown.`] : [],
    ...missing > 0 ? [`Missing or unreadable in the data set: ${missing} pictures.`] : [],
    ...loader.compares ? [] : [
      "Whether pictures have changed since the evaluation is not known: only validation images " +
      "have digests of their own.",
    ],
  ];
}
