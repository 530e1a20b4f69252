/** Where a page's strips or tiles are, as its directory says, and the end of its other values. */
interface Page {
  readonly starts: readonly number[];
  readonly lengths: readonly number[];
  readonly end: number;
}

/** The maximum number of pages that are checked. */
const maxPages = 1000;

/** The tags of strips and of tiles: their positions and their lengths. */
const startTags = [273, 324], lengthTags = [279, 325];

/**
 * Checks that the directories of all pages, and the starts of their pixels, are inside of the file.
 *
 * @returns The fault in words, or `undefined`.
 * @throws {RangeError} If a directory is behind the end.
 */
export function checkTiff({ length }: Uint8Array, view: DataView): string | undefined {
  const isCut = pages(view).some(({ starts }) => starts.some((start) => start >= length));
  return isCut ? "the file is cut off" : undefined;
}

/** The end of the file as the directories of its pages claim. */
export function claimedEnd(view: DataView): number {
  return pages(view).reduce(
    (end, page) =>
      page.starts.reduce(
        (last, start, at) => Math.max(last, start + (page.lengths[at] ?? 0)),
        Math.max(end, page.end),
      ),
    0,
  );
}

function pages(view: DataView): Page[] {
  const little = view.getUint8(0) === 0x49;
  // BigTIFF, whose numbers have 64 bits, is left to the decoder.
  if (view.getUint16(2, little) !== 42) return [];
  const found = new Map<number, Page>();
  for (let at = view.getUint32(4, little); at !== 0 && found.size < maxPages;) {
    if (found.has(at)) break; // The pages are linked in a circle.
    const count = view.getUint16(at, little);
    const entries = Array.from({ length: count }, (_, entry) => at + 2 + 12 * entry);
    const numbers = (tags: readonly number[]): number[] =>
      entries.filter((entry) => tags.includes(view.getUint16(entry, little)))
        .flatMap((entry) => numbersOf(view, entry, little));
    found.set(at, {
      starts: numbers(startTags),
      lengths: numbers(lengthTags),
      end: Math.max(0, ...entries.map((entry) => endOf(view, entry, little))),
    });
    at = view.getUint32(at + 2 + 12 * count, little);
  }
  return [...found.values()];
}

/** The bytes of a value of each type, from type 1 on. */
const widths = [1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];

/** The end of an entry's values, 0 if they are in the entry itself. */
function endOf(view: DataView, entry: number, little: boolean): number {
  const width = widths[view.getUint16(entry + 2, little) - 1] ?? 0;
  const bytes = width * view.getUint32(entry + 4, little);
  return bytes > 4 ? view.getUint32(entry + 8, little) + bytes : 0;
}

/** The values of a directory's entry, which are in the entry itself if they fit into four bytes. */
function numbersOf(view: DataView, entry: number, little: boolean): number[] {
  const width = view.getUint16(entry + 2, little) === 3 ? 2 : 4;
  const count = view.getUint32(entry + 4, little);
  const start = count * width > 4 ? view.getUint32(entry + 8, little) : entry + 8;
  if (start + count * width > view.byteLength) throw new RangeError("values behind the end");
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * width;
    return width === 2 ? view.getUint16(at, little) : view.getUint32(at, little);
  });
}
