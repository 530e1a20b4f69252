import { createHash } from "node:crypto";
import { mapReadErrors } from "./read.ts";

/** Returns the SHA-256 of a file, in hexadecimal digits. The file is read in parts. @throws {ReadError} */
export async function sha256Of(path: string): Promise<string> {
  return await mapReadErrors(path, async () => {
    const hash = createHash("sha256");
    const file = await Deno.open(path);
    for await (const part of file.readable) hash.update(part);
    return hash.digest("hex");
  });
}
