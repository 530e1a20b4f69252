import type { Image, Resize } from "../../data/dataset.ts";
import type { LoadImage } from "../../data/image_finder.ts";

/**
 * Loads the part of an image that a network receives, in another size and not stretched.
 *
 * @param fit How images are resized for the network.
 * @param side The shorter side of the result in pixels.
 */
export async function loadSeen(
  load: LoadImage,
  { mode, size, shortestSide = size }: Resize,
  side: number,
): Promise<Image> {
  if (mode !== "stretch") {
    return await load({ mode, size: side, shortestSide: Math.round(shortestSide * side / size) });
  }
  const image = await load({ mode: "shortest-side", size: side });
  const { width, height } = image;
  // The decoder cuts off the ends of longer images, but the network received them too.
  const isCut = Math.max(width, height) >= 4 * Math.min(width, height);
  return isCut ? await load({ mode: "stretch", size: side }) : image;
}
