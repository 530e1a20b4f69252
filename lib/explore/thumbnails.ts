import { BrokenImageError, type Dataset } from "../data/dataset.ts";
import { encodeWebp } from "../data/images/encode_webp.ts";
import { attributes, type Content, type Html, markup } from "../display/markup.ts";
import type { PictureRef } from "./facts.ts";

/** The shorter side of a thumbnail in pixels, and the quality of its WebP. */
const side = 96, quality = 60;

/** All thumbnails of a page take at most so many bytes, as text. */
export const thumbnailBudget = 6e6;

/** Makes the small pictures of a page, as long as there is room for them. */
export class Thumbnails {
  #left = thumbnailBudget;
  readonly #made = new Map<string, string>();

  constructor(readonly dataset: Dataset, readonly signal?: AbortSignal) {}

  /**
   * Returns pictures in rows, each with what `caption` says below it. A line says how many have no room.
   *
   * @param all How many there are in all.
   */
  async gallery(
    pictures: readonly PictureRef[],
    { caption, all = pictures.length, small = false }: {
      readonly caption?: (picture: PictureRef) => Content;
      readonly all?: number;
      readonly small?: boolean;
    } = {},
  ): Promise<Html> {
    const items: Html[] = [];
    for (const picture of pictures) {
      const source = await this.#source(picture);
      if (source === undefined) continue;
      const image = markup`<img${attributes({ src: source, alt: `Picture ${picture.path}` })}>`;
      items.push(markup`<li><figure><div class="images">${image}</div>
${caption && markup`<figcaption>${caption(picture)}</figcaption>`}</figure></li>
`);
    }
    const more = all - items.length;
    return markup`<ul${
      attributes({ class: small ? "gallery small" : "gallery", style: "--aspect: 1" })
    }>
${items}</ul>
${more > 0 ? markup`<p class="lead">${more.toLocaleString("en-US")} more are not shown.</p>` : ""}`;
  }

  /** The WebP file of a picture as a URL; nothing if the page has no more room, or it is gone since. */
  async #source({ split, index }: PictureRef): Promise<string | undefined> {
    const key = `${split} ${index}`, known = this.#made.get(key);
    // A picture that is shown twice is in the page twice.
    const source = known ?? (this.#left > 0 ? await this.#make({ split, index }) : undefined);
    if (source === undefined || source.length > this.#left) return undefined;
    this.#made.set(key, source);
    this.#left -= source.length;
    return source;
  }

  async #make(
    { split, index }: Pick<PictureRef, "split" | "index">,
  ): Promise<string | undefined> {
    this.signal?.throwIfAborted();
    try {
      const image = await this.dataset[split]!.image(index, { mode: "shortest-side", size: side });
      return `data:image/webp;base64,${await encodeWebp(image, quality)}`;
    } catch (error) {
      if (error instanceof BrokenImageError) return undefined;
      throw error;
    }
  }
}
