import { join } from "@std/path";
import { type FileHandle, open } from "node:fs/promises";
import { readAt } from "../../files/read.ts";
import type { Image } from "../dataset.ts";

/** A store of prepared images: filled once, in any order, then read in any order. */
export interface ImageStore {
  add(index: number, image: Image): Promise<void>;
  has(index: number): boolean;
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
    has: (index) => images.has(index),
    image: (index) => images.get(index) ?? missing(index),
    dispose: () => {
      images.clear();
      return Promise.resolve();
    },
  };
}

/**
 * Makes a store that keeps images in one file of raw bytes. Only their positions stay in memory, 16 bytes for
 * each.
 *
 * @param length Images have the numbers below it.
 * @param directory The folder of the file. The file is deleted by `dispose()` or, except on Windows,
 *   when the process ends in any way.
 */
export async function diskStore(length: number, directory: string): Promise<ImageStore> {
  await Deno.mkdir(directory, { recursive: true });
  const path = join(directory, `images-${crypto.randomUUID()}.raw`);
  const file = await open(path, "wx+");
  // An open file stays usable after it is deleted; Windows does not allow that.
  const removed = await Deno.remove(path).then(() => true, () => false);
  const starts = new Float64Array(length);
  const [widths, heights] = [new Uint32Array(length), new Uint32Array(length)];
  let end = 0;
  return {
    add: async (index, { width, height, data }) => {
      const start = end;
      end += data.length;
      await writeAt(file, data, start);
      starts[index] = start;
      widths[index] = width;
      heights[index] = height;
    },
    has: (index) => widths[index]! > 0,
    image: async (index) => {
      const [start, width, height] = [starts[index]!, widths[index]!, heights[index]!];
      if (!(width > 0)) missing(index);
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
