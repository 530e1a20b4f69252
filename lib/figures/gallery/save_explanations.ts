import { basename, extname, join } from "@std/path";
import { decodeImage } from "../../data/images/decode.ts";
import { encodePng } from "../../data/images/encode_png.ts";
import type { PredictedFile } from "../../evaluation/predict.ts";
import { explainImages, type ExplainOptions } from "../../explain/explain_images.ts";
import { replaceFile } from "../../files/replace_file.ts";
import type { Net } from "../../weights/net.ts";
import { addLegend } from "./add_legend.ts";
import { drawExplanation } from "./draw_explanation.ts";
import { loadSeen } from "./load_seen.ts";

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
 * `STEM.KIND.png`: `bison.grad-cam.png`. Below it are the class and the scale of the colors.
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
  { file, image: input, top }: PredictedFile,
  { folder, stem = stemOf(file), ...options }: SaveOptions,
): Promise<string[]> {
  const { labels = top[0]?.label } = options;
  const [explained] = await explainImages(net, [input], {
    ...options,
    ...(labels === undefined ? {} : { labels }),
  });
  const { size } = net.fit;
  // A whole multiple of the network's input.
  const enlarged = size * Math.max(1, Math.round(side / size));
  const image = await loadSeen((resize) => decodeImage(file, resize), net.fit, enlarged);
  const paths: string[] = [];
  for (const kind of explained!.grids.keys()) {
    const path = join(folder, `${stem}.${kind}.png`);
    const drawn = drawExplanation(image, explained!, kind);
    await replaceFile(path, await encodePng(await addLegend(drawn)));
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
