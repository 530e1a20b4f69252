import { join } from "@std/path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { replaceFile } from "../../../files/replace_file.ts";
import { sha256Of } from "../../../files/sha256_of.ts";
import type { PinnedFile } from "./wheels.ts";

/** The record of the files' digests, right or wrong, in their folder. */
const recordName = "verified.json";

/** What changes when a file is written again: with the same values its digest is not computed again. */
const stateSchema = z.object({
  bytes: z.number(),
  modified: z.number(),
  inode: z.number(),
  sha256: z.string(),
});

type State = z.infer<typeof stateSchema>;

const recordSchema = z.record(z.string(), stateSchema);

/**
 * Checks the sizes and the digests of a folder's files. It keeps a record beside them, so that a file
 * is read again only after it was changed.
 *
 * @returns The first fault, in words, or `undefined` if there is none.
 */
export async function findFileFault(
  folder: string,
  files: Readonly<Record<string, PinnedFile>>,
): Promise<string | undefined> {
  const known = await readRecord(folder);
  const record: Record<string, State> = {};
  let fault: string | undefined;
  for (const [name, { bytes, sha256 }] of Object.entries(files)) {
    const path = join(folder, name);
    const info = await Deno.stat(path).catch(() => undefined);
    if (!info?.isFile) return `${name} is missing`;
    if (info.size !== bytes) return `${name} has ${info.size} bytes, not ${bytes}`;
    const state = { bytes, modified: info.mtime?.getTime() ?? 0, inode: info.ino ?? 0 };
    const before = known[name];
    const found = before && isSame(state, before) ? before.sha256 : await sha256Of(path);
    record[name] = { ...state, sha256: found };
    if (found === sha256) continue;
    fault = `${name} has the SHA-256 ${found}, not ${sha256}`;
    break;
  }
  if (!isDeepStrictEqual(record, known)) {
    // A folder that cannot be written is read again each time.
    await replaceFile(join(folder, recordName), JSON.stringify(record)).catch(() => {});
  }
  return fault;
}

function isSame(one: Omit<State, "sha256">, other: State): boolean {
  return one.bytes === other.bytes && one.modified === other.modified && one.inode === other.inode;
}

async function readRecord(folder: string): Promise<Readonly<Record<string, State>>> {
  try {
    const text = await Deno.readTextFile(join(folder, recordName));
    return recordSchema.parse(JSON.parse(text));
  } catch {
    return {}; // It is missing or damaged: all files are read.
  }
}
