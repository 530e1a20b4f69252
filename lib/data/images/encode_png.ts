import type { Image } from "../dataset.ts";

/** Encodes an RGB image as a PNG file. */
export async function encodePng(
  { data, width, height }: Image,
): Promise<Uint8Array<ArrayBuffer>> {
  // Imported on first use, so that programs that encode nothing do not load a codec.
  const { default: sharp } = await import("sharp");
  return new Uint8Array(
    await sharp(data, { raw: { width, height, channels: 3 } }).png().toBuffer(),
  );
}
