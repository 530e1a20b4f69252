import type { Buffer } from "node:buffer";
import { bitmapOf, runLengthBitmap } from "./bitmaps.ts";
import { sampleImage } from "./damaged_jpegs.ts";

/** A picture in each format that is read, by name. It is tall, so that a crop leaves out the last rows. */
export async function tallPictures(): Promise<Record<string, Buffer>> {
  const image = sampleImage(40, 96);
  const files = {
    "rgb.png": image.clone().png(),
    "palette.png": image.clone().png({ palette: true }),
    "interlaced.png": image.clone().png({ progressive: true }),
    "one.gif": image.clone().gif(),
    "lossy.webp": image.clone().webp(),
    "lossless.webp": image.clone().webp({ lossless: true }),
    "raw.tif": image.clone().tiff({ compression: "none" }),
    "lzw.tif": image.clone().tiff({ compression: "lzw" }),
    "tiles.tif": image.clone().tiff({ tile: true, tileWidth: 32, tileHeight: 32 }),
    "aom.avif": image.clone().avif(),
    "progressive.jpg": image.clone().jpeg({ progressive: true }),
  };
  const made = Object.entries(files).map(async ([name, file]) => [name, await file.toBuffer()]);
  return {
    ...Object.fromEntries(await Promise.all(made)),
    "24 bits.bmp": await bitmapOf(image.clone()),
    "runs.bmp": runLengthBitmap(40, 96),
  };
}
