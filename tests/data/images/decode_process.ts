import { decodeImage } from "../../../lib/data/images/decode.ts";

// Decodes a file, or bytes that begin like a bitmap, and prints the error. With a second argument it
// first loads the decoder and then opens files until the process may open no more.
const [file, leaveNone] = Deno.args;
const source = file === "bitmap" ? new TextEncoder().encode("BM, and no more") : file!;
if (leaveNone) {
  await decodeImage(source).catch(() => {});
  try {
    while (true) Deno.openSync(file!);
  } catch {
    // The limit is reached.
  }
}
try {
  await decodeImage(source);
} catch (error) {
  // deno-lint-ignore no-console -- the test reads this output
  console.log(String(error));
}
Deno.exit();
