import { open } from "node:fs/promises";
import { readAt } from "../../files/read.ts";

/** Whether a font has an outline for a character, by its code point. */
export type Coverage = (codePoint: number) => boolean;

/** The maximum number of tables of a font, and size of its table of characters; no font has more. */
const maxTables = 200, maxBytes = 4 << 20;

/**
 * Reads which characters the first font of a TrueType or OpenType file has outlines for. Fonts of colored
 * images, such as those of emoji, cannot be drawn, and have none.
 *
 * @returns `undefined` if the file is no such font or is damaged.
 */
export async function fontCoverage(path: string): Promise<Coverage | undefined> {
  const file = await open(path).catch(() => undefined);
  if (!file) return undefined;
  const read = async (start: number, length: number): Promise<DataView> =>
    new DataView((await readAt(file, start, new Uint8Array(length))).buffer);
  try {
    const head = await read(0, 16);
    const start = head.getUint32(0) === tag("ttcf") ? head.getUint32(12) : 0;
    const count = (await read(start, 12)).getUint16(4);
    if (count > maxTables) return undefined;
    const directory = await read(start + 12, 16 * count);
    const tables = new Map<number, { start: number; length: number }>();
    for (let at = 0; at < 16 * count; at += 16) {
      const place = { start: directory.getUint32(at + 8), length: directory.getUint32(at + 12) };
      tables.set(directory.getUint32(at), place);
    }
    const hasOutlines = ["glyf", "CFF ", "CFF2"].some((name) => tables.has(tag(name)));
    const characters = tables.get(tag("cmap"));
    if (!hasOutlines || !characters || characters.length > maxBytes) return undefined;
    return coverageOf(await read(characters.start, characters.length));
  } catch (error) {
    if (error instanceof RangeError || error instanceof Deno.errors.UnexpectedEof) return undefined;
    throw error;
  } finally {
    await file.close();
  }
}

function tag(text: string): number {
  return new DataView(new TextEncoder().encode(text).buffer).getUint32(0);
}

/** A range of characters with glyphs. */
interface Range {
  readonly first: number;
  readonly last: number;
}

/** Reads the tables of Unicode's characters, whose formats are 4 and 12. */
function coverageOf(table: DataView): Coverage {
  const ranges: Range[] = [];
  for (let at = 4; at < 4 + 8 * table.getUint16(2); at += 8) {
    const [platform, encoding] = [table.getUint16(at), table.getUint16(at + 2)];
    if (platform !== 0 && !(platform === 3 && (encoding === 1 || encoding === 10))) continue;
    const start = table.getUint32(at + 4);
    const format = table.getUint16(start);
    if (format === 4) ranges.push(...shortRanges(table, start));
    if (format === 12) ranges.push(...longRanges(table, start));
  }
  return (codePoint) => ranges.some(({ first, last }) => first <= codePoint && codePoint <= last);
}

function shortRanges(table: DataView, start: number): Range[] {
  const bytes = table.getUint16(start + 6);
  return Array.from({ length: bytes / 2 }, (_, index) => ({
    last: table.getUint16(start + 14 + 2 * index),
    first: table.getUint16(start + 16 + bytes + 2 * index),
  }));
}

function longRanges(table: DataView, start: number): Range[] {
  return Array.from({ length: table.getUint32(start + 12) }, (_, index) => ({
    first: table.getUint32(start + 16 + 12 * index),
    last: table.getUint32(start + 20 + 12 * index),
  }));
}
