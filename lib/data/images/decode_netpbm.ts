import type { Image } from "../dataset.ts";

/** Whether a file is one of Netpbm's binary pictures: `P5` is gray, `P6` is RGB. */
export function isNetpbm(bytes: Uint8Array): boolean {
  const space = bytes[2] ?? 0;
  return bytes[0] === 0x50 && (bytes[1] === 0x35 || bytes[1] === 0x36) &&
    (/\s/.test(String.fromCharCode(space)) || space === 0x23);
}

/**
 * Decodes a binary PPM or PGM picture, as GTSRB's images are. Values are scaled to 0–255, as Pillow does
 * for RGB.
 *
 * @param most The most pixels that are accepted.
 * @throws {Error} If the header is malformed, claims too many pixels, or the file is cut short.
 */
export function decodeNetpbm(bytes: Uint8Array, most: number): Image {
  const channels = bytes[1] === 0x36 ? 3 : 1;
  const { numbers: [width = 0, height = 0, largest = 0], end } = readHeader(bytes);
  if (!(width > 0 && height > 0 && largest > 0 && largest < 65_536)) {
    throw new Error(`the header must have sizes above 0. Received: ${width} × ${height}, ${largest}`);
  }
  if (width * height > most) throw new Error(`too many pixels: ${width} × ${height}`);
  const valueBytes = largest < 256 ? 1 : 2;
  const count = width * height * channels;
  if (bytes.length - end < count * valueBytes) throw new Error("the file is cut short");
  const data = new Uint8Array(width * height * 3);
  for (let target = 0; target < data.length; target++) {
    const at = end + (channels === 3 ? target : Math.floor(target / 3)) * valueBytes;
    const value = valueBytes === 1 ? bytes[at]! : bytes[at]! * 256 + bytes[at + 1]!;
    data[target] = largest === 255 ? value : Math.min(255, Math.round(value * 255 / largest));
  }
  return { width, height, data };
}

/** Reads the three numbers after the format, with white space and comments between. */
function readHeader(bytes: Uint8Array): { numbers: number[]; end: number } {
  const text = String.fromCharCode(...bytes.subarray(2, 1024));
  const header = /^(?:(?:\s|#[^\n]*\n)+(\d{1,6})){3}\s/.exec(text);
  if (!header) throw new Error("the header is malformed");
  const numbers = [...header[0].replaceAll(/#[^\n]*\n/g, " ").matchAll(/\d+/g)].map(Number);
  return { numbers, end: 2 + header[0].length };
}
