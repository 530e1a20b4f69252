import type { Image } from "../dataset.ts";
import { openImage } from "./open_image.ts";

/**
 * Encodes an image as a WebP file, in base64.
 *
 * @param quality From 1 to 100.
 */
export async function encodeWebp({ data, width, height }: Image, quality: number): Promise<string> {
  const pixels = await openImage(data, { raw: { width, height, channels: 3 } });
  return (await pixels.webp({ quality }).toBuffer()).toString("base64");
}
