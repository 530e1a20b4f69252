import { join } from "@std/path";
import { FileLimitError, maxFileBytes, readLimited } from "../../files/read_limited.ts";
import { RunError } from "../../runs/json_files.ts";
import type { Results } from "../../runs/results.ts";
import type { Mistake } from "../../runs/schemas.ts";
import type { ShownMistake } from "./misclassified.ts";
import { commandPrefix } from "../../command_line.ts";

/**
 * Reads the saved mistakes of an evaluation with their images.
 *
 * @throws {RunError} If the list or an image is missing or damaged.
 */
export async function readShownMistakes(results: Results): Promise<ShownMistake[]> {
  const mistakes = await results.mistakes();
  return await Promise.all(mistakes.map((mistake) => readImage(results, mistake)));
}

async function readImage({ directory }: Results, mistake: Mistake): Promise<ShownMistake> {
  const path = join(directory, "mistakes", mistake.file);
  const remedy = `create it with: ${commandPrefix} evaluate --run DIR`;
  const bytes = await readLimited(path, maxFileBytes.image).catch((error) => {
    if (error instanceof FileLimitError) {
      throw new RunError(`${path} cannot be read: ${error.message}; ${remedy}`);
    }
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new RunError(`there is no ${path}; ${remedy}`);
  });
  const { default: sharp } = await import("sharp");
  const { width, height } = await sharp(bytes).metadata().catch((error: Error) => {
    throw new RunError(`${path} is damaged: ${error.message}; ${remedy}`);
  });
  return { mistake, image: `data:image/png;base64,${bytes.toBase64()}`, width, height };
}
