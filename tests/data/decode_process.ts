import { decodePicture } from "../../lib/data/decode.ts";

// Decodes the file or, of `bitmap`, two bytes that begin like one; prints the name of the error that comes.
const [file, leaveNoDescriptors] = Deno.args;
const source = file === "bitmap" ? new TextEncoder().encode("BM, and no more") : file!;
if (leaveNoDescriptors) {
  await decodePicture(source).catch(() => {}); // Loads the decoder.
  try {
    while (true) Deno.openSync(file!);
  } catch {
    // Now there are none left.
  }
}
await decodePicture(source).catch(({ name, message }: Error) => console.log(`${name}: ${message}`));
Deno.exit();
