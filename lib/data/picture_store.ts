import { type FileHandle, open } from "node:fs/promises";
import { join } from "@std/path";
import { readAt } from "../files/read.ts";
import type { Picture } from "./dataset.ts";

/** Where prepared pictures are kept: filled once, in any order, then read in any order. */
export interface PictureStore {
  add(index: number, picture: Picture): Promise<void>;
  picture(index: number): Picture | Promise<Picture>;
  dispose(): Promise<void>;
}

/** Keeps pictures in memory. */
export function memoryStore(): PictureStore {
  const pictures = new Map<number, Picture>();
  return {
    add: (index, picture) => {
      pictures.set(index, picture);
      return Promise.resolve();
    },
    picture: (index) => pictures.get(index) ?? missing(index),
    dispose: () => {
      pictures.clear();
      return Promise.resolve();
    },
  };
}

/**
 * Keeps pictures in one file of raw bytes, read by position. Of each picture, only its place stays in
 * memory.
 *
 * @param directory Where the file is made; it is gone once the store is disposed of or, but on
 *   Windows, the process ends in whatever way.
 */
export async function diskStore(directory: string): Promise<PictureStore> {
  await Deno.mkdir(directory, { recursive: true });
  const path = join(directory, `pictures-${crypto.randomUUID()}.raw`);
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
    picture: async (index) => {
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
  throw new RangeError(`picture must be one that was prepared. Received: ${index}`);
}
