import { decodeImage } from "../../../lib/data/images/decode.ts";

// Decodes a file, or bytes that begin like a bitmap's, and prints the error that comes of it. With a second
// word no more files can be opened once the decoder is loaded.
const [file, leaveNone] = Deno.args;
const source = file === "bitmap" ? new TextEncoder().encode("BM, and no more") : file!;
if (leaveNone) {
  await decodeImage(source).catch(() => {});
  try {
    while (true) Deno.openSync(file!);
  } catch {
    // Now there are none left.
  }
}
try {
  await decodeImage(source);
} catch (error) {
  // deno-lint-ignore no-console -- how the test hears of it.
  console.log(String(error));
}
Deno.exit();
