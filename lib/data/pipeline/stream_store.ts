import { freeBytes } from "../../files/free_bytes.ts";
import type { Resize, Split } from "../dataset.ts";
import { diskStore, type ImageStore } from "../images/pixel_store.ts";
import { expectedBytes, type PrepareOptions } from "./prepared_split.ts";

/** What decides whether decoded images are kept. */
export interface StreamStoreOptions extends Pick<PrepareOptions, "cacheDirectory" | "onMessage"> {
  /** What messages call the images, such as `training images`; `images` by default. */
  readonly what?: string;
  /** How often all images are used; 1 by default. Of several passes, the first keeps the raw pixels on disk. */
  readonly passes?: number;
  /** Processes that keep images on the same disk; one by default. */
  readonly processes?: number;
}

/** Tells what becomes of decoded images, and makes the file for those that are kept. */
export async function streamStore(
  split: Split,
  resize: Resize,
  {
    what = "images",
    passes = 1,
    processes = 1,
    cacheDirectory = "data/cache",
    onMessage = () => {},
  }: StreamStoreOptions,
): Promise<ImageStore | undefined> {
  const start = `${split.length.toLocaleString("en-US")} ${what} are decoded as they are used`;
  if (passes <= 1) {
    onMessage(start);
    return undefined;
  }
  await Deno.mkdir(cacheDirectory, { recursive: true });
  const [bytes, free = 0] = [expectedBytes(split, resize), await freeBytes(cacheDirectory)];
  const takes = `the raw pixels take ${gigabytes(bytes)}, and ${gigabytes(free)} are free`;
  const fits = bytes <= free / 2 / processes;
  onMessage(
    fits
      ? `${start}, and kept in ${cacheDirectory}: ${takes}`
      : `${start}, again in every pass: ${takes}, of which half may be used in ${cacheDirectory}`,
  );
  return fits ? await diskStore(split.length, cacheDirectory) : undefined;
}

function gigabytes(bytes: number): string {
  return `${+(bytes / 1e9).toPrecision(2)} GB`;
}
