import { join } from "@std/path";
import { type FileHandle, open } from "node:fs/promises";
import { readAt } from "../../files/read.ts";
import type { Image } from "../dataset.ts";

/** A store of prepared images: filled once, in any order, then read in any order. */
export interface ImageStore {
  add(index: number, image: Image): Promise<void>;
  image(index: number): Image | Promise<Image>;
  dispose(): Promise<void>;
}

/** Makes a store that keeps images in memory. */
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
 * Makes a store that keeps images in one file of raw bytes. Only the positions of the images stay in
 * memory.
 *
 * @param directory The folder of the file. The file is deleted by `dispose()` or, except on Windows,
 *   when the process ends in any way.
 */
export async function diskStore(directory: string): Promise<ImageStore> {
  await Deno.mkdir(directory, { recursive: true });
  const path = join(directory, `images-${crypto.randomUUID()}.raw`);
  const file = await open(path, "wx+");
  // An open file stays usable after it is deleted; Windows does not allow that.
  const removed = await Deno.remove(path).then(() => true, () => false);
  const positions = new Map<number, { start: number; width: number; height: number }>();
  let end = 0;
  return {
    add: async (index, { width, height, data }) => {
      const start = end;
      end += data.length;
      await writeAt(file, data, start);
      positions.set(index, { start, width, height });
    },
    image: async (index) => {
      const { start, width, height } = positions.get(index) ?? missing(index);
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
