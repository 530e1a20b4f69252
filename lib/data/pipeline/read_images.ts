import type { Image } from "../dataset.ts";

/** As many images are requested before the first of them is needed. */
const ahead = 16;

/** Yields images in the order of their indices, and reads or decodes several at once. */
export async function* readImages<T = Image>(
  { image }: { readonly image: (index: number) => T | Promise<T> },
  indices: Iterable<number>,
): AsyncGenerator<T, void, void> {
  const requested: Promise<T>[] = [];
  for (const index of indices) {
    const next = Promise.resolve(image(index));
    // A caller that stops early never awaits it, so its failure must not be unhandled.
    next.catch(() => {});
    requested.push(next);
    if (requested.length > ahead) yield await requested.shift()!;
  }
  for (const next of requested) yield await next;
}
