import { type FileHandle, open } from "node:fs/promises";
import { join } from "@std/path";
import { readAt } from "../../files/read.ts";
import type { Image } from "../dataset.ts";

/** Where prepared images are kept: filled once, in any order, then read in any order. */
export interface ImageStore {
  add(index: number, image: Image): Promise<void>;
  image(index: number): Image | Promise<Image>;
  dispose(): Promise<void>;
}

/** Keeps images in memory. */
export function memoryStore(): ImageStore {
  const images = new Map<number, Image>();
  return {
    add: (index, image) => {
      images.set(index, image);
      return Promise.resolve();
    },
    image: (index) => images.get(index) ?? missing(index),
    dispose: () => {
      images.clear();
      return Promise.resolve();
    },
  };
}

/**
 * Keeps images in one file of raw bytes, read by position. Of each image, only its place stays in
 * memory.
 *
 * @param directory Where the file is made; it is gone once the store is disposed of or, but on
 *   Windows, the process ends in whatever way.
 */
export async function diskStore(directory: string): Promise<ImageStore> {
  await Deno.mkdir(directory, { recursive: true });
  const path = join(directory, `images-${crypto.randomUUID()}.raw`);
  const file = await open(path, "wx+");
  // A removed file lives on for whoever holds it open; Windows does not allow that.
  const removed = await Deno.remove(path).then(() => true, () => false);
  const places = new Map<number, { start: number; width: number; height: number }>();
  let end = 0;
  return {
    add: async (index, { width, height, data }) => {
      const start = end;
      end += data.length;
      await writeAt(file, data, start);
      places.set(index, { start, width, height });
    },
    image: async (index) => {
      const { start, width, height } = places.get(index) ?? missing(index);
      return { width, height, data: await readAt(file, start, new Uint8Array(width * height * 3)) };
    },
    dispose: async () => {
      await file.close();
      if (!removed) await Deno.remove(path);
    },
  };
}

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

function missing(index: number): never {
  throw new RangeError(`image must be one that was prepared. Received: ${index}`);
}
