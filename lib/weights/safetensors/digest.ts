import { createHash, type Hash } from "node:crypto";

/** The key of the metadata under which a file stores its digest. */
export const digestKey = "sha256";

/** Bytes that are hashed before the event loop has a turn. */
export const sliceBytes = 8 * 2 ** 20;

/** Begins the digest of a file. */
export function beginDigest(metadata: Readonly<Record<string, string>>): Hash {
  return createHash("sha256").update(JSON.stringify(Object.entries(metadata).sort()));
}

/** Adds an array to the digest of its file; its values follow. */
export function addArray(hash: Hash, name: string, shape: readonly number[], dtype: string): void {
  hash.update(JSON.stringify([name, shape]));
  if (dtype !== "F32") hash.update(dtype); // Earlier versions wrote F32 alone, and did not hash it.
}
