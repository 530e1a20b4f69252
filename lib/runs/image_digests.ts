import { join } from "@std/path";
import { createHash } from "node:crypto";
import { ReadError } from "../files/read.ts";
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
 * `digests/validation.txt`: a line of 16 hexadecimal digits for each image, and the SHA-256 of these
 * lines. Later the images are recognized by them.
 */
export async function writeImageDigests(directory: string, digests: ImageDigests): Promise<void> {
  for (const split of ["train", "validation"] as const) {
    const lines = Array.from(
      digests[split],
      (digest) => `${digest.toString(16).padStart(16, "0")}\n`,
    );
    const text = lines.join("");
    await replaceFile(pathOf(directory, split), `${text}${sha256(text)}\n`);
  }
}

/**
 * Reads the digests of the images of a run's split; nothing for runs of earlier versions.
 *
 * @param count How many there must be.
 * @throws {RunError} If the file is damaged.
 */
export async function readImageDigests(
  directory: string,
  split: DigestedSplit,
  count?: number,
): Promise<bigint[] | undefined> {
  const path = pathOf(directory, split);
  let text: string;
  try {
    text = await readLimitedText(path, maxFileBytes.lines);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof ReadError) throw error;
    throw new RunError(`${path} cannot be read: ${(error as Error).message}`);
  }
  // Files of earlier versions have no such line.
  const sealLine = /^[0-9a-f]{64}\n$/.test(text.slice(-65)) ? text.slice(-65) : "";
  const content = text.slice(0, text.length - sealLine.length);
  if (sealLine !== "" && sealLine !== `${sha256(content)}\n`) {
    throw new RunError(
      `${path} is damaged: its sha256 is not that of its content; ${remedy}`,
    );
  }
  const digests = content.split("\n").filter((line) => line !== "").map((line, index) => {
    if (/^[0-9a-f]{16}$/.test(line)) return BigInt(`0x${line}`);
    throw new RunError(`${path}, line ${index + 1} is damaged: it must have 16 hexadecimal digits`);
  });
  if (digests.length === (count ?? digests.length)) return digests;
  throw new RunError(
    `${path} is damaged: it must have a line for each of ${count} images. ` +
      `Received: ${digests.length}; ${remedy}`,
  );
}

const remedy = "restore a copy, or remove the file: then no image is recognized by it";

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function pathOf(directory: string, split: DigestedSplit): string {
  return join(directory, digestsFolder, `${split}.txt`);
}
