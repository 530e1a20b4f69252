import { join } from "@std/path";
import { maxFileBytes, readLimitedText } from "../files/read_limited.ts";
import { replaceFile } from "../files/replace_file.ts";
import { RunError } from "./json_files.ts";

/** The folder of the digests in a run's folder. */
export const digestsFolder = "digests";

/** The splits whose images a run knows. */
export type DigestedSplit = "train" | "validation";

/** The digests of the images of a run's splits: see `PreparedSplit.imageDigests`. */
export type ImageDigests = Readonly<Record<DigestedSplit, BigUint64Array>>;

/**
 * Writes the digests of a run's images into its folder, as `digests/train.txt` and
 * `digests/validation.txt`: a line of 16 hexadecimal digits for each image. Later the images are
 * recognized by them.
 */
export async function writeImageDigests(directory: string, digests: ImageDigests): Promise<void> {
  for (const split of ["train", "validation"] as const) {
    const lines = Array.from(
      digests[split],
      (digest) => `${digest.toString(16).padStart(16, "0")}\n`,
    );
    await replaceFile(pathOf(directory, split), lines.join(""));
  }
}

/**
 * Reads the digests of the images of a run's split; nothing for runs of earlier versions.
 *
 * @throws {RunError} If the file is damaged.
 */
export async function readImageDigests(
  directory: string,
  split: DigestedSplit,
): Promise<bigint[] | undefined> {
  const path = pathOf(directory, split);
  let text: string;
  try {
    text = await readLimitedText(path, maxFileBytes.lines);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new RunError(`${path} cannot be read: ${(error as Error).message}`);
  }
  return text.split("\n").filter((line) => line !== "").map((line, index) => {
    if (/^[0-9a-f]{16}$/.test(line)) return BigInt(`0x${line}`);
    throw new RunError(`${path}, line ${index + 1} is damaged: it must have 16 hexadecimal digits`);
  });
}

function pathOf(directory: string, split: DigestedSplit): string {
  return join(directory, digestsFolder, `${split}.txt`);
}
