import { join } from "@std/path";
import { Buffer } from "node:buffer";
import sharp, { type Sharp } from "sharp";
import { BrokenImageError, type Resize } from "../../../lib/data/dataset.ts";
import { decodeImage } from "../../../lib/data/images/decode.ts";
import { bitmapOf, runLengthBitmap } from "../../data/images/bitmaps.ts";
import { sharedData } from "../../data/support.ts";
import { pictureFiles } from "../models/pictures.ts";
import type { Bytes } from "../mutate.ts";
import { filesOf, fileTarget, type Target } from "../target.ts";

const fits: readonly (Resize | undefined)[] = [
  undefined,
  { mode: "stretch", size: 24 },
  { mode: "crop", size: 24, shortestSide: 28 },
  { mode: "shortest-side", size: 24 },
];

/** A photograph, small, in each format that is read. */
async function photographs(): Promise<Bytes[] | undefined> {
  const folder = join(sharedData, "ilsvrc-mini/ILSVRC/Data/CLS-LOC/train/n02033041");
  const [photograph, other] = await filesOf(folder, /\.JPEG$/, 2) ?? [];
  if (!photograph || !other) return undefined;
  const small = (): Sharp => sharp(photograph).resize(41, 29, { fit: "fill" });
  const animated = await sharp([photograph, other], { join: { animated: true, across: 1 } })
    .resize(20, 20, { fit: "fill" }).gif().toBuffer().catch(() => small().gif().toBuffer());
  const made = await Promise.all([
    small().jpeg().toBuffer(),
    small().jpeg({ progressive: true }).withMetadata({ orientation: 6 }).toBuffer(),
    small().toColorspace("cmyk").jpeg().toBuffer(),
    small().png().toBuffer(),
    small().png({ palette: true, progressive: true }).toBuffer(),
    small().toColorspace("b-w").png().toBuffer(),
    small().webp().toBuffer(),
    small().webp({ lossless: true }).toBuffer(),
    small().tiff({ compression: "lzw", predictor: "horizontal" }).toBuffer(),
    small().tiff({ compression: "jpeg", tile: true }).toBuffer(),
    small().tiff({ compression: "none" }).toBuffer(),
    small().avif({ effort: 0 }).toBuffer(),
    small().toColorspace("grey16").png().toBuffer(),
    small().jpeg({ mozjpeg: true }).toBuffer(),
    bitmapOf(small()),
  ]);
  const rgb = await small().removeAlpha().raw().toBuffer();
  const netpbm = Buffer.concat([Buffer.from("P6\n41 29\n255\n"), rgb]);
  return [...made, animated, runLengthBitmap(41, 29), netpbm].map((bytes) =>
    Uint8Array.from(bytes)
  );
}

/** The decoder of images. */
export const imageTargets: readonly Target[] = [
  fileTarget({
    name: "images: decoder",
    file: "image.jpg",
    seeds: photographs,
    model: pictureFiles,
    isNative: true,
    read: async (path) => {
      const { size } = await Deno.stat(path);
      const { width, height, data } = await decodeImage(path, fits[size % fits.length]);
      if (data.length !== 3 * width * height) {
        throw new Error(`${width} × ${height}: ${data.length}`);
      }
    },
    errors: [BrokenImageError],
  }),
];
