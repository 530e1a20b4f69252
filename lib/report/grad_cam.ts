import type { Resize } from "../data/dataset.ts";
import { decodeImage } from "../data/images/decode.ts";
import { explainImages } from "../explain/explain_images.ts";
import { drawExplanation } from "../figures/gallery/explanation_tiles.ts";
import { imageTile } from "../figures/gallery/image_tile.ts";
import { openNet } from "../runs/open_net.ts";
import type { Net } from "../weights/net.ts";
import type { Explain, GalleryImage } from "./sections/galleries.ts";

/** Images explained at once: more take more memory and hardly less time. */
const batchSize = 4;
/** Side of the heat maps in pixels, where the network sees only a part of each image. */
const side = 160;

/** Explains a run's predictions by Grad-CAM. The caller disposes it. */
export interface Explainer extends Disposable {
  readonly explain: Explain;
}

/**
 * Opens a run's network to explain its predictions. The engine must be started.
 *
 * @throws {RunError} If the run has no weights.
 */
export async function openExplainer(directory: string): Promise<Explainer> {
  const net = await openNet(directory);
  return {
    explain: async (images) => {
      const heat: string[] = [];
      for (let first = 0; first < images.length; first += batchSize) {
        heat.push(...await drawHeat(net, images.slice(first, first + batchSize)));
      }
      return heat;
    },
    [Symbol.dispose]: () => net.model.dispose(),
  };
}

async function drawHeat(net: Net, images: readonly GalleryImage[]): Promise<string[]> {
  const files = images.map(({ tile }) => Uint8Array.fromBase64(tile.image.split(",")[1]!));
  const seen = await Promise.all(files.map((file) => decodeImage(file, net.fit)));
  const labels = images.map(({ prediction }) => prediction.predicted);
  const explained = await explainImages(net, seen, { labels });
  return await Promise.all(explained.map(async ({ grids }, index) => {
    const large = await decodeImage(files[index]!, shownFit(net.fit));
    const { image } = await imageTile(drawExplanation(large, grids.get("grad-cam")!));
    return image;
  }));
}

/** The part of an image that the network sees, at a larger size; `undefined` if it sees all of it. */
function shownFit({ mode, size, shortestSide = size }: Resize): Resize | undefined {
  if (mode === "stretch") return undefined;
  return { mode, size: side, shortestSide: Math.round(shortestSide * side / size) };
}
