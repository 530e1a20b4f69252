import type { Picture } from "../dataset.ts";

/** Bytes of pictures that are kept. */
const most = 192 * 2 ** 20;

const kept = new Map<string, Picture>();
let bytes = 0;

/**
 * Gives a picture that was made before under the same key, or makes it. A process that trains several
 * nets, or evaluates one at several sizes, waits once for its pictures; the oldest make room.
 */
export async function keptPicture(key: string, make: () => Promise<Picture>): Promise<Picture> {
  const found = kept.get(key);
  if (found) return found;
  const picture = await make();
  if (kept.has(key)) return picture; // Somebody else asked for it meanwhile.
  kept.set(key, picture);
  bytes += picture.data.length;
  for (const [oldest, { data }] of kept) {
    if (bytes <= most) break;
    kept.delete(oldest);
    bytes -= data.length;
  }
  return picture;
}
