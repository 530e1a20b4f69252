import { basename, dirname, extname, join, resolve } from "@std/path";
import { isFile, isFolder } from "../data/sources/folders.ts";

/** Where a demo is written by default: as one file, or as a folder. */
export interface DemoPaths {
  readonly page: string;
  readonly folder: string;
}

/** Returns the default paths of the demo of a run's folder, in it, of a weights file, beside it, or of a name, in runs/. */
export async function defaultPaths(from: string): Promise<DemoPaths> {
  const stem = await isFolder(from) ? join(from, "demo") : join(
    await isFile(from) ? dirname(resolve(from)) : "runs",
    `${basename(from, extname(from))}-demo`,
  );
  return { page: `${stem}.html`, folder: stem };
}
