import type { Image } from "../dataset.ts";

const MAX_BYTES = 192 * 2 ** 20;

const cache = new Map<string, Image>();
let bytes = 0;

/**
 * Returns the image of a key from the cache, or makes it. A process that trains several nets, or
 * evaluates one several times, thus draws its images once. Above the limit the oldest images are removed.
 */
export async function cachedImage(key: string, make: () => Promise<Image>): Promise<Image> {
  const found = cache.get(key);
  if (found) return found;
  const image = await make();
  if (cache.has(key)) return image; // A concurrent call made it too.
  cache.set(key, image);
  bytes += image.data.length;
  for (const [oldest, { data }] of cache) {
    if (bytes <= MAX_BYTES) break;
    cache.delete(oldest);
    bytes -= data.length;
  }
  return image;
}
