import { createRequire } from "node:module";
import { join } from "@std/path";
import { fileURLToPath } from "node:url";

/**
 * The path of a file of an npm package that this project imports. The modules of the published package have
 * no place on the disk from which to look for it; there it is looked for from the CommonJS packages that
 * have been loaded.
 *
 * @param name The package and a file in it: `dejavu-fonts-ttf/ttf/DejaVuSans.ttf`.
 * @throws {Error} If the package is not there.
 */
export function npmFile(name: string): string {
  if (import.meta.dirname !== undefined) return fileURLToPath(import.meta.resolve(name));
  for (const loaded of Object.keys(createRequire(join(Deno.cwd(), "any.js")).cache)) {
    try {
      return createRequire(loaded).resolve(name);
    } catch {
      // A file of the user's, which does not see this package.
    }
  }
  throw new Error(`there is no npm package with the file ${name}`);
}
