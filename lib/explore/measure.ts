import { hash } from "node:crypto";
import type { Dataset, Image, Resize, Split } from "../data/dataset.ts";
import { decodeImage, resizeImage } from "../data/images/decode.ts";
import { type PictureFacts, pictureFacts } from "../data/images/picture_facts.ts";
import { type BrokenFile, decodeAll, type DecodeOptions } from "../data/pipeline/decode_split.ts";
import { prepareImages } from "../data/pipeline/prepared_split.ts";
import { grayLength, graySide, meanAndDeviation, toGray } from "../data/similar/gray.ts";
import { maxFileBytes, readLimited } from "../files/read_limited.ts";
import type { Oddity, PartName, PictureRef, PictureSize } from "./facts.ts";

/** A picture that was read. */
export interface MeasuredPicture extends PictureRef {
  /** Absent for a picture that is drawn at any size. */
  readonly size?: PictureSize | undefined;
  readonly oddities: readonly Oddity[];
  /** The mean of the lumas, and their standard deviation. */
  readonly brightness: number;
  readonly contrast: number;
  /** SHA-256 of the file, or of the pixels where a file holds many pictures. */
  readonly digest: string;
}

/** The pictures of a part of a data set. */
export interface MeasuredSplit {
  readonly split: PartName;
  readonly pictures: readonly MeasuredPicture[];
  /** The gray picture of each, `grayLength` bytes one after the other. */
  readonly gray: Uint8Array;
  readonly broken: readonly BrokenFile[];
}

/** All pictures are compared at this size. */
const small: Resize = { mode: "stretch", size: graySide };

/** Drawn pictures are kept in the cache at the size that the recipe `fast` trains on. */
const drawn: Resize = { mode: "stretch", size: 64 };

/** Below these a picture has hardly any content: its shorter side in pixels, and its contrast. */
const [tinySide, leastContrast] = [32, 3];
/** Above this, a longer side of so many shorter ones is odd. */
const narrowest = 4;
/** Channels that differ by no more are equal but for rounding. */
const nearlyGray = 3;

/** How {@linkcode measureSplit} reads. */
export interface MeasureHooks extends Pick<DecodeOptions, "signal" | "onProgress"> {
  readonly onMessage?: (line: string) => void;
}

/** Reads all pictures of a part once, several at a time, each file at a reduced size. */
export async function measureSplit(
  { imageSize }: Pick<Dataset, "imageSize">,
  [name, split]: readonly [PartName, Split],
  options: MeasureHooks,
): Promise<MeasuredSplit> {
  if (split.drawnAs !== undefined) {
    await using prepared = await prepareImages(split, drawn, options);
    const images = { ...split, drawnAs: undefined, image: (at: number) => prepared.image(at) };
    return await measure(name, split, async (at) => ({ image: await images.image(at) }), options);
  }
  return await measure(name, split, async (index) => {
    const file = split.file?.(index);
    if (file !== undefined) return await readFile(file, split.path(index));
    const image = await split.image(index, imageSize ? { ...small, size: imageSize } : small);
    return { image, ...(imageSize ? { size: { width: imageSize, height: imageSize } } : {}) };
  }, options);
}

/** A picture, at any size, and what its file says. */
interface Read {
  readonly image: Image;
  readonly size?: PictureSize;
  readonly facts?: PictureFacts;
  readonly digest?: string;
}

async function readFile(path: string, name: string): Promise<Read> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await readLimited(path, maxFileBytes.image);
  } catch {
    // This says in words what is wrong.
    return { image: await decodeImage(path, small, name) };
  }
  const image = await decodeImage(bytes, small, name);
  const facts = await pictureFacts(bytes, name);
  return { image, size: facts, facts, digest: hash("sha256", bytes) };
}

async function measure(
  name: PartName,
  split: Split,
  read: (index: number) => Promise<Read>,
  options: MeasureHooks,
): Promise<MeasuredSplit> {
  const pictures: MeasuredPicture[] = [];
  const gray = new Uint8Array(split.length * grayLength);
  const measured: Split = {
    ...split,
    drawnAs: undefined,
    image: async (index) => {
      const { image, size, facts, digest } = await read(index);
      const reduced = await resizeImage(image, small);
      const values = toGray(reduced);
      gray.set(values, index * grayLength);
      const { mean, deviation } = meanAndDeviation(values);
      pictures[index] = {
        split: name,
        index,
        path: split.path(index),
        label: split.labels[index]!,
        ...(size ? { size: { width: size.width, height: size.height } } : {}),
        oddities: [...facts?.oddities ?? [], ...odditiesOf(reduced, deviation, size)],
        brightness: mean,
        contrast: deviation,
        digest: digest ?? hash("sha256", image.data),
      };
      return image;
    },
  };
  const broken = await decodeAll(measured, small, { add: () => Promise.resolve() }, options);
  const indices = pictures.flatMap((picture) => picture ? [picture.index] : []);
  return {
    split: name,
    pictures: indices.map((index) => pictures[index]!),
    gray: broken.size === 0 ? gray : compact(gray, indices),
    broken: [...broken].sort(([one], [other]) => one - other).map(([, file]) => file),
  };
}

/** The gray pictures at some places, one after the other. */
function compact(gray: Uint8Array, indices: readonly number[]): Uint8Array {
  const kept = new Uint8Array(indices.length * grayLength);
  indices.forEach((from, to) => {
    kept.set(gray.subarray(from * grayLength, (from + 1) * grayLength), to * grayLength);
  });
  return kept;
}

function odditiesOf({ data }: Image, contrast: number, size: PictureSize | undefined): Oddity[] {
  const odd: Oddity[] = [];
  if (isGray(data)) odd.push("gray");
  if (contrast < leastContrast) odd.push("one-color");
  if (!size) return odd;
  const [shorter, longer] = [size.width, size.height].sort((a, b) => a - b) as [number, number];
  if (shorter < tinySide) odd.push("tiny");
  if (longer > narrowest * shorter) odd.push("narrow");
  return odd;
}

function isGray(data: Uint8Array): boolean {
  for (let at = 0; at < data.length; at += 3) {
    const [red, green, blue] = [data[at]!, data[at + 1]!, data[at + 2]!];
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > nearlyGray) return false;
  }
  return true;
}

/** Whether a picture has content that can be compared. */
export function hasContent({ oddities }: MeasuredPicture): boolean {
  return !oddities.includes("one-color");
}
