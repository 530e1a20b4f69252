import { createHash } from "node:crypto";

/** Returns the SHA-256 of a file, in hexadecimal digits. The file is read in parts. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await Deno.open(path);
  for await (const part of file.readable) hash.update(part);
  return hash.digest("hex");
}
