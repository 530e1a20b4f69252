import { bitmapSize } from "./find_faults.ts";
import { netpbmHeader } from "./decode_netpbm.ts";
import { formatOf, type PictureFormat } from "./formats.ts";
import { usualExtension } from "./kinds.ts";
import { openImage } from "./open_image.ts";

/** What is unusual about how a file stores a picture. */
export type FileOddity = "extension" | "cmyk" | "orientation" | "16-bit" | "animated" | "alpha";

/** What the header of a picture's file says. */
export interface PictureFacts {
  readonly format: PictureFormat;
  /** In pixels, upright: after EXIF orientation is applied. */
  readonly width: number;
  readonly height: number;
  readonly oddities: readonly FileOddity[];
}

/** The usual extensions of the formats. */
const extensions: Readonly<Record<PictureFormat, string>> = {
  JPEG: "jpg",
  PNG: "png",
  GIF: "gif",
  WebP: "webp",
  TIFF: "tif",
  BMP: "bmp",
  PPM: "ppm",
  AVIF: "avif",
};

/**
 * Reads the header of a picture that `decodeImage` decodes.
 *
 * @param name The file's name, whose extension may claim another format.
 */
export async function pictureFacts(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
): Promise<PictureFacts> {
  const format = formatOf(bytes);
  if (!format) throw new RangeError(`${name} must be a picture`);
  const claimed = usualExtension(name);
  const oddities: FileOddity[] = claimed !== undefined && claimed !== extensions[format]
    ? ["extension"]
    : [];
  if (format === "BMP") return { format, ...bitmapSize(bytes), oddities };
  if (format === "PPM") {
    const { width, height, largest } = netpbmHeader(bytes)!;
    return { format, width, height, oddities: largest > 255 ? [...oddities, "16-bit"] : oddities };
  }
  const image = await openImage(bytes, { limitInputPixels: false, ignoreIcc: true });
  const { space, depth, pages = 1, hasAlpha, orientation = 1, autoOrient } = await image.metadata();
  const { width, height } = autoOrient;
  if (space === "cmyk") oddities.push("cmyk");
  // 0 is written by some cameras, and means nothing.
  if (orientation > 1) oddities.push("orientation");
  if (depth !== "uchar") oddities.push("16-bit");
  if (pages > 1 || format === "PNG" && isAnimated(bytes)) oddities.push("animated");
  if (hasAlpha) oddities.push("alpha");
  return { format, width, height, oddities };
}

/** Whether a PNG has the chunk of animations, which comes before the pixels. */
function isAnimated(bytes: Uint8Array): boolean {
  const head = String.fromCharCode(...bytes.subarray(0, 4096));
  const at = head.indexOf("acTL");
  return at > 0 && !head.slice(0, at).includes("IDAT");
}
