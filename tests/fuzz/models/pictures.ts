import fc from "fast-check";
import { crc32 } from "node:zlib";
import { type Bytes, joined } from "../mutate.ts";

const sides = fc.oneof(fc.nat(40), fc.constantFrom(0, 255, 65_535, 2 ** 31 - 1, 2 ** 32 - 1));
const tail = fc.uint8Array({ maxLength: 60 });

function bytesOf(width: 1 | 2 | 4, little: boolean, ...values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(width * values.length));
  values.forEach((value, index) => {
    const at = index * width;
    if (width === 1) view.setUint8(at, value);
    else if (width === 2) view.setUint16(at, value, little);
    else view.setUint32(at, value, little);
  });
  return new Uint8Array(view.buffer);
}

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** PNG: chunks with right checksums, whose lengths are sometimes wrong. */
const png = fc.tuple(
  sides,
  sides,
  fc.uint8Array({ minLength: 5, maxLength: 5 }),
  fc.array(
    fc.tuple(fc.constantFrom("IDAT", "IEND", "PLTE", "tRNS", "eXIf", "acTL"), tail, fc.nat(9)),
  ),
).map(([width, height, rest, chunks]) => {
  const chunk = (type: string, content: Uint8Array, fault = 0): Uint8Array => {
    const body = joined(ascii(type), content);
    return joined(
      ...[bytesOf(4, false, content.length + (fault === 1 ? 3 : 0)), body],
      bytesOf(4, false, crc32(body)),
    );
  };
  return joined(
    ...[[0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]],
    chunk("IHDR", joined(bytesOf(4, false, width, height), rest)),
    ...chunks.map(([type, content, fault]) => chunk(type, content, fault)),
  );
});

/** JPEG: segments of all markers. */
const jpeg = fc.array(
  fc.tuple(
    fc.oneof(
      fc.constantFrom(0xc0, 0xc2, 0xc4, 0xdb, 0xda, 0xd9, 0xd0, 0xdd, 0xe1, 0xff),
      fc.nat(255),
    ),
    fc.oneof(
      tail,
      fc.tuple(fc.constantFrom(8, 12), sides, sides).map(([bits, height, width]) =>
        joined([bits], bytesOf(2, false, height, width), [3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0])
      ),
    ),
    fc.nat(9),
  ),
  { maxLength: 8 },
).map((segments) =>
  joined(
    [0xff, 0xd8, 0xff],
    ...segments.flatMap(([marker, content, fault]) => [
      ...[[0xff, marker], bytesOf(2, false, content.length + (fault === 0 ? 9 : 2)), content],
    ]),
    [0xff, 0xd9],
  )
);

/** TIFF: directories with entries of any type, in a chain or a circle. */
const tiff = fc.record({
  little: fc.boolean(),
  pages: fc.array(
    fc.array(
      fc.tuple(
        fc.constantFrom(254, 256, 257, 258, 259, 262, 273, 277, 278, 279, 324, 325, 1),
        fc.nat(14),
        fc.oneof(fc.nat(3), sides),
        fc.oneof(fc.nat(200), sides),
      ),
      { maxLength: 6 },
    ),
    { minLength: 1, maxLength: 3 },
  ),
  last: fc.constantFrom(0, 0, 8, 1, 2 ** 32 - 1),
  tail,
}).map(({ little, pages, last, tail }) => {
  let at = 8;
  const parts = pages.map((entries, index) => {
    at += 2 + 12 * entries.length + 4;
    return joined(
      bytesOf(2, little, entries.length),
      ...entries.flatMap(([tag, type, count, value]) => [
        ...[bytesOf(2, little, tag, type), bytesOf(4, little, count, value)],
      ]),
      bytesOf(4, little, index === pages.length - 1 ? last : at),
    );
  });
  return joined(
    ...[ascii(little ? "II" : "MM"), bytesOf(2, little, 42), bytesOf(4, little, 8)],
    ...[...parts, tail],
  );
});

/** Windows bitmaps, with each header. */
const bitmap = fc.tuple(
  fc.constantFrom(12, 40, 56, 108, 124),
  ...[sides, sides],
  fc.constantFrom(1, 4, 8, 16, 24, 32, 7),
  fc.nat(6),
  fc.oneof(fc.constant(0), fc.constant(54), sides),
  fc.uint8Array({ maxLength: 400 }),
).map(([header, width, height, bits, compression, start, pixels]) =>
  joined(
    ...[ascii("BM"), bytesOf(4, true, 54 + pixels.length, 0, start, header)],
    ...(header === 12 ? [bytesOf(2, true, width, height, 1, bits)] : [
      bytesOf(4, true, width, height),
      bytesOf(2, true, 1, bits),
      bytesOf(4, true, compression),
    ]),
    pixels,
  )
);

/** GIF: frames, extensions and blocks. */
const gif = fc.tuple(
  ...[sides, sides, fc.nat(255)],
  fc.array(fc.tuple(fc.constantFrom(0x2c, 0x21, 0x3b), fc.nat(255), tail), { maxLength: 4 }),
).map(([width, height, flags, blocks]) =>
  joined(
    ...[ascii("GIF89a"), bytesOf(2, true, width, height), [flags, 0, 0]],
    ...blocks.flatMap(([kind, flags, content]) => [
      ...(kind === 0x2c
        ? [[kind], bytesOf(2, true, 0, 0, width, height), [flags, 8]]
        : kind === 0x21
        ? [[kind, flags]]
        : [[kind]]),
      ...[[content.length], content, [0]],
    ]),
  )
);

/** Netpbm, RIFF, and boxes as AVIF and HEIC have them. */
const others = fc.oneof(
  fc.tuple(
    fc.constantFrom("P5", "P6", "P4"),
    fc.constantFrom(" ", "\n", "\n# a\n"),
    sides,
    sides,
    sides,
    tail,
  )
    .map(([kind, space, width, height, largest, pixels]) =>
      joined(ascii(`${kind}${space}${width} ${height}${space}${largest}\n`), pixels)
    ),
  fc.tuple(sides, fc.constantFrom("WEBPVP8 ", "WEBPVP8L", "WEBPVP8X", "AVI "), tail)
    .map(([size, kind, content]) =>
      joined(ascii("RIFF"), bytesOf(4, true, size), ascii(kind), content)
    ),
  fc.tuple(
    fc.oneof(fc.constant(24), sides),
    fc.array(fc.constantFrom("avif", "heic", "mif1", "avis", "crx ", "isom"), { maxLength: 5 }),
    tail,
  ).map(([size, brands, content]) =>
    joined(bytesOf(4, false, size), ascii(`ftyp${brands.join("")}`), content)
  ),
);

/** Files that begin as pictures do. */
export const pictureFiles: fc.Arbitrary<Bytes> = fc.oneof(png, jpeg, tiff, bitmap, gif, others);
