import { basename, dirname, extname, join, resolve } from "@std/path";
import { isFolder } from "../data/sources/folders.ts";

/** Where a demo is written by default: as one file, or as a folder. */
export interface DemoPaths {
  readonly page: string;
  readonly folder: string;
}

/** Returns the default paths of the demo of a run's folder, in it, or of a weights file, beside it. */
export async function defaultPaths(from: string): Promise<DemoPaths> {
  const stem = await isFolder(from)
    ? join(from, "demo")
    : join(dirname(resolve(from)), `${basename(from, extname(from))}-demo`);
  return { page: `${stem}.html`, folder: stem };
}
