import { netpbmHeader } from "./decode_netpbm.ts";
import type { PictureFormat } from "./formats.ts";
import { checkTiff, claimedEnd } from "./tiff_pages.ts";

const [cutOff, damaged] = ["the file is cut off", "its data is damaged"];

/**
 * Finds what is wrong with a file without decoding it: above all a missing end, which decoders notice only
 * if they come to it. A size that a header claims is believed only as far as the file goes.
 *
 * A JPEG or PNG without its end marker is cut off, as in TensorFlow; Pillow accepts some of them. A GIF
 * may lack its trailer if it ends with a whole frame. Bytes behind the end are ignored.
 *
 * @returns The fault in words, or `undefined` if there is none to be seen.
 */
export function findFault(format: PictureFormat, bytes: Uint8Array): string | undefined {
  const check = checks[format];
  try {
    return check?.(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    if (error instanceof RangeError) return cutOff; // A field is behind the end.
    throw error;
  }
}

type Check = (bytes: Uint8Array, view: DataView) => string | undefined;

const checks: Readonly<Partial<Record<PictureFormat, Check>>> = {
  JPEG: checkJpeg,
  PNG: checkPng,
  GIF: checkGif,
  WebP: (bytes, view) => view.getUint32(4, true) + 8 > bytes.length ? cutOff : undefined,
  BMP: checkBitmap,
  PPM: (bytes) => {
    const header = netpbmHeader(bytes);
    return header ? header.end > bytes.length ? cutOff : undefined : damaged;
  },
  TIFF: checkTiff,
};

/** Goes from marker to marker until the end of the image, as libjpeg does after the last pixel. */
function checkJpeg(bytes: Uint8Array, view: DataView): string | undefined {
  let [frames, restarts] = [0, false];
  for (let at = 2;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) return cutOff;
    while (bytes[at] === 0xff) at++;
    const marker = view.getUint8(at++);
    if (marker === 0xd9) return undefined;
    // No segment follows a stuffed byte, TEM and the restart markers.
    if (marker <= 1 || marker >= 0xd0 && marker <= 0xd7) continue;
    if (marker === 0xd8 || isFrame(marker) && ++frames > 1) {
      return "a second JPEG begins before the first one ends";
    }
    if (isFrame(marker) && view.getUint8(at + 2) !== 8) return "it is a JPEG of 12 bits, not of 8";
    // Between restart markers, libjpeg goes over markers that do not exist.
    if (marker < 0xc0 && restarts) continue;
    if (marker < 0xc0) return damaged;
    restarts ||= marker === 0xdd;
    at += Math.max(2, view.getUint16(at));
  }
}

/** Whether a marker is SOF0 to SOF15; DHT, JPG and DAC are among them. */
function isFrame(marker: number): boolean {
  return marker >> 4 === 0xc && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function checkPng(bytes: Uint8Array, view: DataView): string | undefined {
  const end = 0x49454e44; // IEND
  for (let at = 8;;) {
    const type = view.getUint32(at + 4);
    at += 12 + view.getUint32(at);
    if (at > bytes.length) return cutOff;
    if (type === end) return undefined;
  }
}

function checkGif(bytes: Uint8Array, view: DataView): string | undefined {
  const [extension, frame, trailer] = [0x21, 0x2c, 0x3b];
  const tableSize = (flags: number): number => flags & 0x80 ? 3 * 2 ** (1 + (flags & 7)) : 0;
  let at = 13 + tableSize(view.getUint8(10));
  for (let frames = 0; frames === 0 || at !== bytes.length;) {
    const kind = view.getUint8(at);
    if (kind === trailer) return undefined;
    if (kind === frame) {
      at += 11 + tableSize(view.getUint8(at + 9));
      frames++;
    } else if (kind === extension) at += 2;
    else return damaged;
    // Blocks of up to 255 bytes; an empty one is the last.
    for (let length = -1; length !== 0; at += 1 + length) length = view.getUint8(at);
  }
  return undefined;
}

/** Pixels are not compressed, or by run lengths. */
function checkBitmap(bytes: Uint8Array, view: DataView): string | undefined {
  const { start, width, height, bits, compression } = headerOf(view);
  if (width < 1 || height < 1 || ![1, 2, 4, 8, 16, 24, 32].includes(bits)) return damaged;
  if (compression === 1 || compression === 2) return checkRuns(bytes, start, height, compression);
  // JPEG or PNG inside of a bitmap, which no program writes.
  if (compression === 4 || compression === 5) return "it is of a kind of BMP that is not read";
  const row = Math.ceil(width * bits / 32) * 4;
  return start + row * height > bytes.length ? cutOff : undefined;
}

/** The size that a bitmap's header claims. */
export function bitmapSize(bytes: Uint8Array): { width: number; height: number } {
  return headerOf(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

/** What a bitmap's header claims; `start` is where its pixels begin. */
function headerOf(
  view: DataView,
): { start: number; width: number; height: number; bits: number; compression: number } {
  const start = view.getUint32(10, true);
  // OS/2's header has 16 bits for a side.
  if (view.getUint32(14, true) === 12) {
    const [width, height] = [view.getUint16(18, true), view.getUint16(20, true)];
    return { start, width, height, bits: view.getUint16(24, true), compression: 0 };
  }
  // The rows of a negative height are stored from the top.
  const [width, height] = [view.getInt32(18, true), Math.abs(view.getInt32(22, true))];
  const [bits, compression] = [view.getUint16(28, true), view.getUint32(30, true)];
  return { start, width, height, bits, compression };
}

/** Goes from run to run until the end of the bitmap or its last row. */
function checkRuns(
  bytes: Uint8Array,
  start: number,
  height: number,
  compression: 1 | 2,
): string | undefined {
  const [endOfRow, endOfBitmap, move] = [0, 1, 2];
  for (let at = start, rows = 0; rows < height; at += 2) {
    const [count, code] = [bytes[at], bytes[at + 1]];
    if (count === undefined || code === undefined) return cutOff;
    if (count > 0) continue;
    if (code === endOfBitmap) return undefined;
    if (code === endOfRow) rows++;
    else if (code === move) {
      rows += bytes[at + 3] ?? 0;
      at += 2;
    } else at += 2 * Math.ceil(code / (compression === 1 ? 2 : 4));
  }
  return undefined;
}

/** Whether an AVIF or TIFF file that cannot be decoded refers to bytes behind its end. */
export function refersBehindEnd(format: PictureFormat, bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === "AVIF") return lastBoxEnd(view) > bytes.length;
  return format === "TIFF" && claimedEnd(view) > bytes.length;
}

/** The end of the last box of a file of ISO's base media format. */
function lastBoxEnd(view: DataView): number {
  let at = 0;
  while (at + 8 <= view.byteLength) {
    const size = view.getUint32(at);
    if (size === 0) return view.byteLength;
    at += size === 1 ? Math.max(16, Number(view.getBigUint64(at + 8))) : Math.max(8, size);
  }
  return at;
}
