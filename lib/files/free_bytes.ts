import { statfs } from "node:fs/promises";

/** The bytes that are free on the disk of a folder; `undefined` if the system does not say. */
export async function freeBytes(folder: string): Promise<number | undefined> {
  return await statfs(folder).then(({ bavail, bsize }) => bavail * bsize, () => undefined);
}
