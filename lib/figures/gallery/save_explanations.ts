import { basename, extname, join } from "@std/path";
import type { Image, Resize } from "../../data/dataset.ts";
import { decodeImage } from "../../data/images/decode.ts";
import { encodePng } from "../../data/images/encode_png.ts";
import type { PredictedFile } from "../../evaluation/predict.ts";
import { explainImages, type ExplainOptions } from "../../explain/explain_images.ts";
import { replaceFile } from "../../files/replace_file.ts";
import type { Net } from "../../weights/net.ts";
import { drawExplanation } from "./explanation_tiles.ts";

/** How {@linkcode saveExplanations} works. */
export interface SaveOptions extends ExplainOptions {
  /** The folder to write to. */
  readonly folder: string;
  /** The stem of the file names. Default: that of the image file. */
  readonly stem?: string;
}

/** The approximate shorter side of the written images in pixels. */
const side = 448;

/**
 * Explains the prediction for an image file and writes each explanation as an image, named
 * `STEM.KIND.png`: `bison.grad-cam.png`.
 *
 * @param predicted From {@linkcode predict}. The most likely class is explained unless `labels` is
 *   given.
 * @returns The paths of the written files.
 *
 * @example
 * ```ts ignore
 * import { predict } from "vgg";
 * import { saveExplanations } from "vgg/figures";
 * import { openNet } from "vgg/weights";
 *
 * const net = await openNet("runs/mine");
 * for await (const result of predict(net, ["bison.jpg"])) {
 *   if ("top" in result) await saveExplanations(net, result, { folder: "explanations" });
 * }
 * ```
 */
export async function saveExplanations(
  net: Net,
  { file, image, top }: PredictedFile,
  { folder, stem = stemOf(file), ...options }: SaveOptions,
): Promise<string[]> {
  const { labels = top[0]?.label } = options;
  const [explained] = await explainImages(net, [image], {
    ...options,
    ...(labels === undefined ? {} : { labels }),
  });
  const large = await decodeLarge(file, net.fit);
  const paths: string[] = [];
  for (const [kind, grid] of explained!.grids) {
    const path = join(folder, `${stem}.${kind}.png`);
    await replaceFile(path, await encodePng(drawExplanation(large, grid)));
    paths.push(path);
  }
  return paths;
}

/** Unique stems for files: their names without extensions, numbered if they are equal. */
export function stemsOf(files: readonly string[]): string[] {
  const used = new Set<string>();
  return files.map((file) => {
    const base = stemOf(file);
    let stem = base;
    for (let number = 2; used.has(stem.toLowerCase()); number++) stem = `${base}-${number}`;
    used.add(stem.toLowerCase());
    return stem;
  });
}

function stemOf(file: string): string {
  return basename(file, extname(file));
}

/** Decodes the part of an image that the network received, larger and not stretched. */
async function decodeLarge(file: string, fit: Resize): Promise<Image> {
  const { mode, size, shortestSide = size } = fit;
  const factor = Math.max(1, Math.round(side / size));
  const large = { size: size * factor, shortestSide: shortestSide * factor };
  if (mode !== "stretch") return await decodeImage(file, { mode: "crop", ...large });
  const image = await decodeImage(file, { mode: "shortest-side", size: large.size });
  const { width, height } = image;
  // The decoder cuts off the ends of longer images, but the network received them too.
  const isCut = Math.max(width, height) >= 4 * Math.min(width, height);
  return isCut ? await decodeImage(file, { mode: "stretch", size: large.size }) : image;
}
