import type { Image } from "../dataset.ts";

/** The header of a binary PPM (`P6`, RGB) or PGM (`P5`, gray). */
export interface NetpbmHeader {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** The value of white. */
  readonly largest: number;
  /** The position of the first value. */
  readonly start: number;
  /** The position after the last value. */
  readonly end: number;
}

/** Reads the header of a binary PPM or PGM; `undefined` if it is malformed. */
export function netpbmHeader(bytes: Uint8Array): NetpbmHeader | undefined {
  const text = String.fromCharCode(...bytes.subarray(0, 1024));
  const header = /^P[56](?:(?:\s|#[^\n]*\n)+\d{1,6}){3}\s/.exec(text)?.[0];
  if (header === undefined) return undefined;
  const numbers = header.replaceAll(/#[^\n]*\n/g, " ").slice(2).trim().split(/\s+/).map(Number);
  const [width = 0, height = 0, largest = 0] = numbers;
  if (width === 0 || height === 0 || largest === 0 || largest > 65_535) return undefined;
  const channels = bytes[1] === 0x36 ? 3 : 1;
  const start = header.length;
  const end = start + width * height * channels * (largest > 255 ? 2 : 1);
  return { width, height, channels, largest, start, end };
}

/** Decodes a binary PPM or PGM, which sharp does not read. Values are scaled to 0–255, as in Pillow. */
export function decodeNetpbm(bytes: Uint8Array, header: NetpbmHeader): Image {
  const { width, height, channels, largest, start } = header;
  const data = new Uint8Array(width * height * 3);
  for (let target = 0; target < data.length; target++) {
    const index = channels === 3 ? target : Math.floor(target / 3);
    const value = largest > 255
      ? bytes[start + 2 * index]! * 256 + bytes[start + 2 * index + 1]!
      : bytes[start + index]!;
    data[target] = Math.min(255, Math.round(value * 255 / largest));
  }
  return { width, height, data };
}
