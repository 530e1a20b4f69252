import type sharp from "sharp";
import type { Sharp, SharpOptions } from "sharp";

/** The maximum time of decoding: only a file that was made to keep decoders busy takes longer. */
export const maxSeconds = 60;

/** libvips's loaders of the accepted formats. */
const loaders = ["Jpeg", "Png", "Nsgif", "Webp", "Tiff", "Heif"]
  .map((format) => `VipsForeignLoad${format}Buffer`);

let library: Promise<typeof sharp> | undefined;

/** Opens the bytes of a file, or of pixels, for libvips. */
export async function openImage(input: Uint8Array, options: SharpOptions): Promise<Sharp> {
  return (await loadSharp())(input, options).timeout({ seconds: maxSeconds });
}

/** Loads sharp on first use, because it is a large native library. */
export function loadSharp(): Promise<typeof sharp> {
  return library ??= loadLibrary();
}

async function loadLibrary(): Promise<typeof sharp> {
  const { default: sharp } = await import("sharp");
  // Several images are decoded at once, each on one thread, and no image is decoded twice.
  sharp.concurrency(1);
  sharp.cache(false);
  // By default it would also render SVG, run the programs in PDF files, and more, whatever the file's name.
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({ operation: loaders });
  return sharp;
}
