import { createHash } from "node:crypto";
import type { UncheckedFile } from "./remote_file.ts";

/**
 * Says what is wrong with a file, and removes it, unless it is the expected one, byte for byte. Of a file
 * without a digest it says nothing.
 *
 * @param part The path of the file.
 * @param onProgress Receives the bytes that were read.
 */
export async function findMismatch(
  url: string,
  file: UncheckedFile,
  part: string,
  onProgress: (bytes: number) => void,
): Promise<string | undefined> {
  const { name, bytes: size, digest } = file;
  // Without a digest the caller looks at what came; its size is what the server said.
  if (digest === undefined) return undefined;
  const { algorithm, value } = digest;
  const hash = createHash(algorithm);
  let bytes = 0;
  for await (const chunk of (await Deno.open(part)).readable) {
    hash.update(chunk);
    bytes += chunk.length;
    onProgress(bytes);
  }
  const received = hash.digest("hex");
  const isSize = size === undefined || bytes === size;
  if (isSize && received === value) return undefined;
  await Deno.remove(part);
  const [what, expected, shown] = isSize
    ? [algorithm === "sha256" ? "SHA-256" : "MD5", value, received]
    : ["size in bytes", size, bytes];
  return `What ${url} sent is not ${name}: its ${what} must be ${expected}. Received: ${shown}`;
}
