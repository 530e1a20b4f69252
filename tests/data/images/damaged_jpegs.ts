import { Buffer } from "node:buffer";
import sharp, { type Sharp } from "sharp";

/** A JPEG file that was edited, and whether Pillow and TensorFlow read it, which the peers' test checks. */
export interface DamagedJpeg {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly isRead: boolean;
}

type Edit = (jpeg: Buffer) => Buffer;

const [DHT, DQT, SOS] = [0xc4, 0xdb, 0xda];
const jfif = [0xff, 0xe0, 0, 16, ...Buffer.from("JFIF\0"), 1, 1, 0, 0, 1, 0, 1, 0, 0];
const endMarker = [0xff, 0xd9];

/** Edits after which both read the same picture, or what is left of it. */
const readable: Record<string, Edit> = {
  "nothing": (jpeg) => jpeg,
  "JFIF version 0.0": (jpeg) => put(jpeg, 11, [0, 0]),
  "JFIF version 2.1": (jpeg) => put(jpeg, 11, [2, 1]),
  "JFIF with an impossible density": (jpeg) => put(jpeg, 13, [9, 0, 0, 0, 0]),
  "JFIF with a thumbnail that is not there": (jpeg) => put(jpeg, 18, [5, 5]),
  "no JFIF header": (jpeg) => cut(jpeg, 2, 20),
  "4 zeros before the first table": (jpeg) => insert(jpeg, find(jpeg, DQT), zeros(4)),
  "1 zero before the first table": (jpeg) => insert(jpeg, find(jpeg, DQT), [0]),
  "2 odd bytes before the first table": (jpeg) => insert(jpeg, find(jpeg, DQT), [0xaa, 0xbb]),
  "fill bytes before the first table": (jpeg) => insert(jpeg, find(jpeg, DQT), [0xff, 0xff]),
  "4 zeros before the frame": (jpeg) => insert(jpeg, frameAt(jpeg), zeros(4)),
  "4 zeros before the codes": (jpeg) => insert(jpeg, find(jpeg, DHT), zeros(4)),
  "4 zeros before the scan": (jpeg) => insert(jpeg, find(jpeg, SOS), zeros(4)),
  "1 zero before the end": (jpeg) => insert(jpeg, -2, [0]),
  "245 zeros before the end": (jpeg) => insert(jpeg, -2, zeros(245)),
  "4000 zeros before the end": (jpeg) => insert(jpeg, -2, zeros(4000)),
  "odd bytes before the end": (jpeg) => insert(jpeg, -2, new Array(20).fill(0xaa)),
  "fill bytes before the end": (jpeg) => insert(jpeg, -2, new Array(20).fill(0xff)),
  "a restart marker before the end": (jpeg) => insert(jpeg, -2, [0xff, 0xd0]),
  "a comment before the end": (jpeg) => insert(jpeg, -2, [0xff, 0xfe, 0, 4, 65, 66]),
  "a byte behind the end": (jpeg) => Buffer.concat([jpeg, Buffer.from([0])]),
  "zeros behind the end": (jpeg) => Buffer.concat([jpeg, Buffer.alloc(5000)]),
  "a text behind the end": (jpeg) => Buffer.concat([jpeg, Buffer.from("<!-- served -->\n")]),
  "another JPEG behind the end": (jpeg) => Buffer.concat([jpeg, jpeg]),
  "a second end": (jpeg) => Buffer.concat([jpeg, Buffer.from(endMarker)]),
  "a comment that is too short": (jpeg) => insert(jpeg, 2, [0xff, 0xfe, 0, 1]),
  "an unknown color transform": (jpeg) => insert(jpeg, 20, adobe(7)),
  "broken EXIF data": (jpeg) => insert(jpeg, 20, segment(0xe1, "Exif\0\0II*\0\xff\xff\xff\xff")),
  "a broken color profile": (jpeg) => insert(jpeg, 20, segment(0xe2, "ICC_PROFILE\0\x01\x03bad")),
  "10 bytes missing before the end": (jpeg) => cut(jpeg, jpeg.length - 12, jpeg.length - 2),
  "30 bytes missing before the end": (jpeg) => cut(jpeg, jpeg.length - 32, jpeg.length - 2),
  "a height of more rows than there are": (jpeg) => put(jpeg, frameAt(jpeg) + 5, [0, 112]),
  "a height of fewer rows than there are": (jpeg) => put(jpeg, frameAt(jpeg) + 5, [0, 28]),
};

/** Edits after which neither reads the picture, or only one does. */
const broken: Record<string, Edit> = {
  "no end": (jpeg) => cut(jpeg, -2),
  "half an end": (jpeg) => cut(jpeg, -1),
  "zeros instead of the end": (jpeg) => put(jpeg, jpeg.length - 2, [0, 0]),
  "a text instead of the end": (jpeg) => Buffer.concat([cut(jpeg, -2), Buffer.from("hello")]),
  "fill bytes instead of the end": (jpeg) => Buffer.concat([cut(jpeg, -2), Buffer.alloc(30, 0xff)]),
  "another JPEG instead of the end": (jpeg) => Buffer.concat([cut(jpeg, -2), jpeg]),
  "3 bytes cut off": (jpeg) => cut(jpeg, -3),
  "10 bytes cut off": (jpeg) => cut(jpeg, -10),
  "100 bytes cut off": (jpeg) => cut(jpeg, -100),
  "half cut off": (jpeg) => cut(jpeg, jpeg.length >> 1),
  "half replaced by zeros": (jpeg) =>
    Buffer.concat([cut(jpeg, jpeg.length >> 1), Buffer.alloc(jpeg.length >> 1)]),
  "the scan cut off": (jpeg) => cut(jpeg, find(jpeg, SOS)),
  "all but 20 bytes cut off": (jpeg) => cut(jpeg, 20),
  "the head with an end": (jpeg) =>
    Buffer.concat([cut(jpeg, find(jpeg, SOS)), Buffer.from(endMarker)]),
  "a JPEG that begins in the data": (jpeg) => put(jpeg, jpeg.length * 0.9, [0xff, 0xd8]),
  "zeros behind the first marker": (jpeg) => insert(jpeg, 2, zeros(4)),
  "a byte before the first marker": (jpeg) => insert(jpeg, 0, [0]),
  "a line feed before the first marker": (jpeg) => insert(jpeg, 0, [13, 10]),
  "two first markers": (jpeg) => insert(jpeg, 0, [0xff, 0xd8]),
  "a comment longer than the file": (jpeg) => insert(jpeg, 2, [0xff, 0xfe, 0xff, 0xff]),
  "no tables of quantities": (jpeg) =>
    cut(jpeg, find(jpeg, DQT), find(jpeg, DQT) + 2 + lengthAt(jpeg, find(jpeg, DQT))),
  "a height of 0": (jpeg) => put(jpeg, frameAt(jpeg) + 5, [0, 0]),
  "60,000 × 60,000 px": (jpeg) => put(jpeg, frameAt(jpeg) + 5, [0xea, 0x60, 0xea, 0x60]),
  "12 bits": (jpeg) => put(jpeg, frameAt(jpeg) + 4, [12]),
  "a lossless frame": (jpeg) => put(jpeg, frameAt(jpeg) + 1, [0xc3]),
  "written as UTF-8": (jpeg) => Buffer.from(jpeg.toString("latin1"), "utf8"),
};

/** A gray gradient with a restart marker after each row of blocks, which sharp does not write. By Pillow. */
const restarts = Buffer.from(
  [
    "/9j/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqm",
    "x5moq6T/wAALCAA4AEgBAREA/8QAFwABAQEBAAAAAAAAAAAAAAAAAwUEBv/EABUQAQEAAAAAAAAAAAAAAAAAAAIA",
    "/90ABAAJ/9oACAEBAAA/AOdJlJlJkJlJlJlJkJlJv//QhEykyEykykykyEykyk3/0Y5MhMpMpMpMhMpMpMpN/9KW",
    "TKTKTKTITKTKTKTITf/TwEykykyEykykykyEyk3/1MpMpMhMpMpMpMhMpMpN/9UiZCZSZSZSZCZSZSZSb//Z",
  ].join(""),
  "base64",
);

/** A marker that does not exist, which decoders go over only between restart markers. */
const unknownMarker: Edit = (jpeg) => put(jpeg, jpeg.length - 30, [0xff, 0x85]);

/** Small JPEG files of several kinds, edited in all ways. */
export async function damagedJpegs(): Promise<DamagedJpeg[]> {
  const image = sampleImage();
  const kinds = {
    baseline: await image.clone().jpeg().toBuffer(),
    progressive: await image.clone().jpeg({ progressive: true }).toBuffer(),
    gray: await image.clone().toColorspace("b-w").jpeg().toBuffer(),
    CMYK: await image.clone().toColorspace("cmyk").jpeg().toBuffer(),
    restarts,
  };
  const edits = [readable, broken].flatMap((edits) =>
    Object.entries(edits).map(([name, edit]) => ({ name, edit, isRead: edits === readable }))
  );
  return Object.entries(kinds).flatMap(([kind, made]) => {
    const jpeg = insert(made, 2, jfif);
    const special = {
      name: "a marker that does not exist",
      edit: unknownMarker,
      isRead: made === restarts,
    };
    return [...edits, special].map(({ name, edit, isRead }) => ({
      ...{ name: `${kind}: ${name}`, bytes: new Uint8Array(edit(jpeg)), isRead },
    }));
  });
}

/** A picture of 72 × 56 px with gradients and texture. */
export function sampleImage(width = 72, height = 56): Sharp {
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
    const texture = (x * 7919 + y * 104729 + at % 3 * 1299709) % 61;
    return [x * 2, y * 3, 90][at % 3]! + texture;
  });
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

function insert(file: Buffer, at: number, bytes: readonly number[]): Buffer {
  return Buffer.concat([file.subarray(0, at), Buffer.from(bytes), file.subarray(at)]);
}

/** Leaves out what is between two places; by default what is behind the first one. */
function cut(file: Buffer, from: number, to?: number): Buffer {
  return Buffer.concat([file.subarray(0, from), file.subarray(to ?? file.length)]);
}

function put(file: Buffer, at: number, bytes: readonly number[]): Buffer {
  const copy = Buffer.from(file);
  bytes.forEach((byte, index) => copy[Math.floor(at) + index] = byte);
  return copy;
}

/** The place of a segment before the first scan. */
function find(jpeg: Buffer, ...markers: number[]): number {
  let at = 2;
  while (!markers.includes(jpeg[at + 1]!)) at += 2 + lengthAt(jpeg, at);
  return at;
}

function frameAt(jpeg: Buffer): number {
  return find(jpeg, 0xc0, 0xc2);
}

function lengthAt(jpeg: Buffer, at: number): number {
  return jpeg.readUInt16BE(at + 2);
}

function zeros(count: number): number[] {
  return new Array(count).fill(0);
}

function segment(marker: number, text: string): number[] {
  return [0xff, marker, 0, text.length + 2, ...Buffer.from(text, "latin1")];
}

function adobe(transform: number): number[] {
  return segment(0xee, `Adobe\0\x64\0\0\0\0${String.fromCharCode(transform)}`);
}
