import { dirname } from "@std/path";
import { writingTo } from "./write_error.ts";

/**
 * Makes sure that files can be written into a folder, which need not be there yet.
 *
 * @throws {WriteError} Where they cannot.
 */
export async function requireWritable(directory: string): Promise<void> {
  const existing = await nearest(directory);
  await writingTo(directory, async () => {
    await Deno.remove(await Deno.makeTempFile({ dir: existing, prefix: ".writable-" }));
  });
}

/** The folder itself, or the closest one above it that is there. */
async function nearest(path: string): Promise<string> {
  const parent = dirname(path);
  const isThere = await Deno.stat(path).then(() => true, () => false);
  return isThere || parent === path ? path : await nearest(parent);
}
