import sharp from "sharp";

/** The RGB values of two frames, 2 × 2 pixels each, row by row. */
export const pixels = [
  ...[238, 101, 0, 50, 50, 50, 100, 50, 0, 200, 100, 50],
  ...[200, 100, 50, 34, 68, 102, 170, 0, 102, 255, 255, 255],
];
const first = Uint8Array.from(pixels.slice(0, 12));
const raw = { width: 2, height: 2, channels: 3 } as const;

/** The first frame as PNG, with or without an alpha channel. */
export async function pngFile(alpha: boolean): Promise<Uint8Array> {
  const image = sharp(first, { raw });
  return await (alpha ? image.ensureAlpha() : image).png().toBuffer();
}

/** The first frame as JPEG in its best quality. */
export async function jpegFile(): Promise<Uint8Array> {
  return await sharp(first, { raw }).jpeg({ quality: 100, chromaSubsampling: "4:4:4" }).toBuffer();
}

/** Both frames as GIF. */
export async function gifFile(): Promise<Uint8Array> {
  const frames = { ...raw, height: 4, pageHeight: 2 };
  return await sharp(Uint8Array.from(pixels), { raw: frames }).gif({ dither: 0 }).toBuffer();
}

/** The first frame as BMP with 24 bits a pixel: rows from below, in BGR, each of a multiple of 4 bytes. */
export function bmpFile(): Uint8Array {
  const header = 54, rowBytes = 8;
  const file = new Uint8Array(header + 2 * rowBytes);
  const view = new DataView(file.buffer);
  file.set(new TextEncoder().encode("BM"));
  view.setUint32(2, file.length, true);
  view.setUint32(10, header, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, 2, true);
  view.setInt32(22, 2, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  for (const row of [0, 1]) {
    for (const column of [0, 1]) {
      const [red, green, blue] = first.subarray(6 * row + 3 * column);
      file.set([blue!, green!, red!], header + rowBytes * (1 - row) + 3 * column);
    }
  }
  return file;
}
