import { basename, extname, join } from "@std/path";
import type { Image, Resize } from "../../data/dataset.ts";
import { decodeImage } from "../../data/images/decode.ts";
import { encodePng } from "../../data/images/encode_png.ts";
import { explainImages, type ExplainOptions } from "../../explain/explain_images.ts";
import type { PredictedFile } from "../../evaluation/predict.ts";
import { replaceFile } from "../../files/replace_file.ts";
import type { Net } from "../../weights/net.ts";
import { drawExplanation } from "./explanation_tiles.ts";

/** Where {@linkcode saveExplanations} writes, and what. */
export interface SaveOptions extends ExplainOptions {
  readonly folder: string;
  /** The files' stem. Default: the image file's. */
  readonly stem?: string;
}

/** The shorter side of the written images, about, in pixels. */
const side = 448;

/**
 * Explains what a net takes a file's image for, and writes each explanation as an image,
 * `STEM.KIND.png`: `bison.grad-cam.png`.
 *
 * @param predicted Of {@linkcode predict}; the likeliest class is explained where `labels` names none.
 * @returns The paths of the files written.
 *
 * @example
 * ```ts ignore
 * for await (const result of predict(net, files)) {
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
  const large = await enlarged(file, net.fit);
  const paths: string[] = [];
  for (const [kind, grid] of explained!.grids) {
    const path = join(folder, `${stem}.${kind}.png`);
    await replaceFile(path, await encodePng(drawExplanation(large, grid)));
    paths.push(path);
  }
  return paths;
}

/** A name for each file, its own without extension; where names meet, numbered. */
export function stemsOf(files: readonly string[]): string[] {
  const taken = new Set<string>();
  return files.map((file) => {
    const own = stemOf(file);
    let stem = own;
    for (let number = 2; taken.has(stem.toLowerCase()); number++) stem = `${own}-${number}`;
    taken.add(stem.toLowerCase());
    return stem;
  });
}

function stemOf(file: string): string {
  return basename(file, extname(file));
}

/** What a net is shown of a file's image, larger; what it is shown squashed in its own shape. */
async function enlarged(file: string, fit: Resize): Promise<Image> {
  const { mode, size, shortestSide = size } = fit;
  const times = Math.max(1, Math.round(side / size));
  const large = { size: size * times, shortestSide: shortestSide * times };
  if (mode !== "stretch") return await decodeImage(file, { mode: "crop", ...large });
  const whole = await decodeImage(file, { mode: "shortest-side", size: large.size });
  const { width, height } = whole;
  // Longer ones come cut, and what was seen of their ends would lie beside it.
  const isCut = Math.max(width, height) >= 4 * Math.min(width, height);
  return isCut ? await decodeImage(file, { mode: "stretch", size: large.size }) : whole;
}
