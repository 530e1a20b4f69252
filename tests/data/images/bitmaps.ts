import { Buffer } from "node:buffer";
import type { Sharp } from "sharp";

/** Writes a Windows bitmap of 24 bits, which sharp does not write. */
export async function bitmapOf(image: Sharp): Promise<Buffer> {
  const { data, info: { width, height } } = await image.removeAlpha().raw()
    .toBuffer({ resolveWithObject: true });
  const row = Math.ceil(3 * width / 4) * 4;
  const pixels = Buffer.alloc(row * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < 3 * width; x++) {
      pixels[row * y + x] = data[(height - 1 - y) * 3 * width + x - x % 3 + 2 - x % 3]!;
    }
  }
  return Buffer.concat([header(width, height, 24, 0, pixels.length), pixels]);
}

/** Makes a bitmap of gray rows, compressed by run lengths: each row is one run. */
export function runLengthBitmap(width: number, height: number): Buffer {
  const palette = Buffer.from(Array.from({ length: 1024 }, (_, at) => at % 4 === 3 ? 0 : at >> 2));
  const rows = Array.from({ length: height }, (_, y) => [width, 2 * y, 0, 0]);
  const pixels = Buffer.from([...rows.flat().slice(0, -2), 0, 1]);
  return Buffer.concat([header(width, height, 8, 1, pixels.length), palette, pixels]);
}

function header(
  width: number,
  height: number,
  bits: 8 | 24,
  compression: number,
  bytes: number,
): Buffer {
  const start = 54 + (bits === 8 ? 1024 : 0);
  const head = Buffer.alloc(54);
  head.write("BM");
  const values = [[start + bytes, 2], [start, 10], [40, 14], [width, 18], [height, 22]] as const;
  for (const [value, at] of [...values, [compression, 30], [bytes, 34]] as const) {
    head.writeInt32LE(value, at);
  }
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(bits, 28);
  return head;
}
