import type { Image } from "../dataset.ts";

/** Bytes of images that are kept. */
const MAX_BYTES = 192 * 2 ** 20;

const cache = new Map<string, Image>();
let bytes = 0;

/**
 * Gives an image that was made before under the same key, or makes it. A process that trains several
 * nets, or evaluates one at several sizes, waits once for its images; the oldest make room.
 */
export async function cachedImage(key: string, make: () => Promise<Image>): Promise<Image> {
  const found = cache.get(key);
  if (found) return found;
  const image = await make();
  if (cache.has(key)) return image; // Somebody else asked for it meanwhile.
  cache.set(key, image);
  bytes += image.data.length;
  for (const [oldest, { data }] of cache) {
    if (bytes <= MAX_BYTES) break;
    cache.delete(oldest);
    bytes -= data.length;
  }
  return image;
}
