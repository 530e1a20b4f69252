import { z } from "zod";
import { tryParseJson } from "../../../files/decode_text.ts";
import { replaceFile } from "../../../files/replace_file.ts";
import { toJson } from "../../../files/write.ts";
import { DataError } from "../../errors.ts";
import { isFile } from "../../sources/folders.ts";
import { readText } from "../../sources/read_file.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** SHA-256 digests of files by their names. */
const digests = z.record(z.string(), sha256);

const fetchedClass = z.object({
  id: z.string(),
  name: z.string(),
  /** The address of the archive. */
  url: z.string(),
  bytes: z.number(),
  sha256,
  train: digests,
  validation: digests,
  /** Members of the archive that are not used, and why. */
  left_out: z.array(z.object({ file: z.string(), reason: z.string() })),
});

const manifestSchema = z.object({
  format: z.literal(1),
  about: z.string(),
  /** Of the validation images that are held out; null if they are ImageNet's own. */
  seed: z.number().nullable(),
  classes: z.array(fetchedClass),
  /** Classes that no server has, and what the servers said. */
  missing: z.array(z.object({ id: z.string(), reason: z.string() })),
});

/** A downloaded class of the article's photographs. */
export type FetchedClass = z.infer<typeof fetchedClass>;

/** `manifest.json`: what came from ImageNet, with digests that another machine can compare. */
export type ArticleManifest = z.infer<typeof manifestSchema>;

/**
 * Reads a manifest; `undefined` if there is none.
 *
 * @throws {DataError} If it is damaged.
 */
export async function readManifest(path: string): Promise<ArticleManifest | undefined> {
  if (!await isFile(path)) return undefined;
  const parsed = manifestSchema.safeParse(tryParseJson(await readText(path)));
  if (parsed.success) return parsed.data;
  const { path: place = [], message = "" } = parsed.error.issues[0] ?? {};
  throw new DataError(
    `${path} is not a manifest of the article's photographs: ${place} ${message}`,
  );
}

/** Writes a manifest. */
export async function writeManifest(path: string, manifest: ArticleManifest): Promise<void> {
  await replaceFile(path, toJson(manifest));
}
