import type { Image } from "../dataset.ts";

/** An image as a PNG file. */
export async function encodePng(
  { data, width, height }: Image,
): Promise<Uint8Array<ArrayBuffer>> {
  // Loaded when it is needed: codecs are no part of what a net needs to start.
  const { default: sharp } = await import("sharp");
  return new Uint8Array(
    await sharp(data, { raw: { width, height, channels: 3 } }).png().toBuffer(),
  );
}
