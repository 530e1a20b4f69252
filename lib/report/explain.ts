import { decodePicture } from "../data/images/decode.ts";
import type { Fit } from "../data/dataset.ts";
import { explainPictures } from "../explain/explain_pictures.ts";
import { drawExplanation } from "../figures/gallery/explanation_tiles.ts";
import { pictureTile } from "../figures/gallery/image_tile.ts";
import { openNet } from "../runs/open_net.ts";
import type { Net } from "../weights/net.ts";
import type { Explain, Shown } from "./galleries.ts";

/** Pictures explained at once: more take more memory and hardly less time. */
const together = 4;
/** Side of the heat's pictures in pixels, where the net sees a part of the pictures alone. */
const side = 160;

/** What explains a run's predictions by Grad-CAM, and must be disposed of. */
export interface Explainer extends Disposable {
  readonly explain: Explain;
}

/**
 * Opens a run's net to explain its predictions. The engine must be ready.
 *
 * @throws {RunError} Where the run has no weights.
 */
export async function openExplainer(directory: string): Promise<Explainer> {
  const net = await openNet(directory);
  return {
    explain: async (pictures) => {
      const heat: string[] = [];
      for (let first = 0; first < pictures.length; first += together) {
        heat.push(...await drawHeat(net, pictures.slice(first, first + together)));
      }
      return heat;
    },
    [Symbol.dispose]: () => net.model.dispose(),
  };
}

async function drawHeat(net: Net, pictures: readonly Shown[]): Promise<string[]> {
  const files = pictures.map(({ tile }) => Uint8Array.fromBase64(tile.picture.split(",")[1]!));
  const seen = await Promise.all(files.map((file) => decodePicture(file, net.fit)));
  const labels = pictures.map(({ prediction }) => prediction.predicted);
  const explained = await explainPictures(net, seen, { labels });
  return await Promise.all(explained.map(async ({ grids }, index) => {
    const large = await decodePicture(files[index]!, shownFit(net.fit));
    const { picture } = await pictureTile(drawExplanation(large, grids.get("grad-cam")!));
    return picture;
  }));
}

/** The part of a picture that the net sees, larger than it sees it; nothing where that is all of it. */
function shownFit({ mode, size, shortestSide = size }: Fit): Fit | undefined {
  if (mode === "squash") return undefined;
  return { mode, size: side, shortestSide: Math.round(shortestSide * side / size) };
}
