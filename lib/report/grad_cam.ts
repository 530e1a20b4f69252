import type { LoadImage } from "../data/image_finder.ts";
import { decodeImage } from "../data/images/decode.ts";
import { explainImages } from "../explain/explain_images.ts";
import { explanationTile } from "../figures/gallery/explanation_tiles.ts";
import type { Tile } from "../figures/gallery/gallery.ts";
import { loadSeen } from "../figures/gallery/load_seen.ts";
import { openNet } from "../runs/open_net.ts";
import type { Net } from "../weights/net.ts";
import type { Explain, GalleryImage } from "./sections/galleries.ts";

/** Images explained at once: more take more memory and hardly less time. */
const batchSize = 4;

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
      const tiles: Tile[] = [];
      for (let first = 0; first < images.length; first += batchSize) {
        tiles.push(...await explain(net, images.slice(first, first + batchSize)));
      }
      return tiles;
    },
    [Symbol.dispose]: () => net.model.dispose(),
  };
}

async function explain(net: Net, images: readonly GalleryImage[]): Promise<Tile[]> {
  const loads = images.map(({ tile }): LoadImage => {
    const file = Uint8Array.fromBase64(tile.image.split(",")[1]!);
    return (resize) => decodeImage(file, resize);
  });
  const inputs = await Promise.all(loads.map((load) => load(net.fit)));
  const labels = images.map(({ prediction }) => prediction.predicted);
  const explained = await explainImages(net, inputs, { labels });
  return await Promise.all(explained.map(async (explanation, index) => {
    const { width, height } = images[index]!.tile;
    const image = await loadSeen(loads[index]!, net.fit, Math.min(width, height));
    return await explanationTile(image, explanation, "grad-cam");
  }));
}
