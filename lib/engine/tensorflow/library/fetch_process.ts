/**
 * Fetches a wheel's files in a process of its own, which may reach the network where the process that
 * starts it may not. Its argument is a {@linkcode RangesRequest} as JSON. It prints its progress as pip
 * does, and messages with a word before them; an error is the last line of the standard error.
 *
 * @module
 */
import { FetchError } from "../../../files/remote/remote_file.ts";
import { WriteError } from "../../../files/write.ts";
import { LibraryError } from "../../errors.ts";
import { fetchRanges } from "./fetch_ranges.ts";

const encoder = new TextEncoder();
let told = 0;

try {
  await fetchRanges(JSON.parse(Deno.args[0] ?? ""), {
    onMessage: (line) => print(Deno.stdout, `Message ${line}`),
    onBytes: (bytes, total) => {
      if (bytes < total && bytes - told < 2 ** 20) return;
      told = bytes;
      print(Deno.stdout, `Progress ${bytes} of ${total}`);
    },
  });
} catch (error) {
  const isTold = [FetchError, LibraryError, WriteError].some((kind) => error instanceof kind);
  if (!isTold) throw error;
  print(Deno.stderr, `${(error as Error).name}: ${(error as Error).message}`);
  Deno.exit(1);
}

function print(to: { writeSync(bytes: Uint8Array): number }, line: string): void {
  to.writeSync(encoder.encode(`${line}\n`));
}
