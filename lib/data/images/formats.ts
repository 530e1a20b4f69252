import { latin1 } from "../../files/decode_text.ts";
import { extensionOf, imageKind, readKinds } from "./kinds.ts";

/** The formats that are decoded. */
export type PictureFormat = "JPEG" | "PNG" | "GIF" | "WebP" | "TIFF" | "BMP" | "PPM" | "AVIF";

/** How files begin: the bytes as Latin-1, what it means, and where the bytes are if not at the beginning. */
type Signature<Meaning> = readonly [begin: string, meaning: Meaning, at?: number];

const pictures: readonly Signature<PictureFormat>[] = [
  ["\xff\xd8\xff", "JPEG"],
  ["\x89PNG\r\n\x1a\n", "PNG"],
  ["GIF87a", "GIF"],
  ["GIF89a", "GIF"],
  ["WEBP", "WebP", 8],
  ["II*\0", "TIFF"],
  ["MM\0*", "TIFF"],
  ["II+\0", "TIFF"],
  ["MM\0+", "TIFF"],
  ["BM", "BMP"],
  ["P6\n", "PPM"],
  ["P6 ", "PPM"],
  ["P5\n", "PPM"],
  ["P5 ", "PPM"],
];

const others: readonly Signature<string>[] = [
  ["\xff\xd8", "a JPEG whose header is damaged"],
  ["\x89PNG", "a PNG whose header is damaged"],
  ["\xff\x0a", "a JPEG XL picture"],
  ["\0\0\0\x0cJXL ", "a JPEG XL picture"],
  ["\0\0\0\x0cjP  ", "a JPEG 2000 picture"],
  ["\xff\x4f\xff\x51", "a JPEG 2000 picture"],
  ["8BPS", "a Photoshop picture"],
  ["gimp xcf", "a GIMP picture"],
  ["\0\0\x01\0", "an icon"],
  ["ftypcrx ", "a camera's raw picture", 4],
  ["FUJIFILMCCD-RAW", "a camera's raw picture"],
  ["IIRO", "a camera's raw picture"],
  ["IIU\0", "a camera's raw picture"],
  ["DICM", "a DICOM file", 128],
  ["SIMPLE  =", "a FITS file"],
  ["\x76\x2f\x31\x01", "an OpenEXR picture"],
  ["#?RADIANCE", "a Radiance picture"],
  ["DDS ", "a DDS texture"],
  ["qoif", "a QOI picture"],
  ["\x93NUMPY", "a NumPy array"],
  ["ftyp", "an MP4 video", 4],
  ["moov", "a QuickTime video", 4],
  ["AVI ", "an AVI video", 8],
  ["\x1a\x45\xdf\xa3", "a Matroska or WebM video"],
  ["%PDF", "a PDF document"],
  ["PK\x03\x04", "a ZIP archive"],
  ["\x1f\x8b", "a gzip archive"],
  ["Rar!", "a RAR archive"],
  ["7z\xbc\xaf\x27\x1c", "a 7z archive"],
  ["\0\x05\x16\x07", "a macOS file of attributes, without a picture"],
  ["version https://git-lfs", "a pointer of Git LFS; fetch the picture with: git lfs pull"],
];

/** How texts begin, in lower case and without blanks before. */
const texts: readonly (readonly [RegExp, string])[] = [
  [/^<(!doctype html|html|head|body|title|script|meta)/, "an HTML page"],
  [/^(<\?xml[^]*?)?(<!--[^]*?-->\s*|<!doctype svg[^]*?>\s*)*<svg/, "an SVG drawing"],
  [/^<\?xml/, "an XML file"],
  [/^[{[]/, "a JSON text"],
  [/^p[1-7]\s/, "a Netpbm picture that is not a binary PPM or PGM"],
];

/** The sizes of the headers of OS/2's and Windows's bitmaps. */
const bitmapHeaders = [12, 16, 40, 52, 56, 64, 108, 124];

/** Returns the format of a picture by its first bytes; `undefined` if it is none that is decoded. */
export function formatOf(bytes: Uint8Array): PictureFormat | undefined {
  const head = latin1(bytes.subarray(0, 16));
  // Texts may begin with BM, too; in a bitmap the size of a header follows.
  if (head.startsWith("BM") && bytes.length > 18 && !bitmapHeaders.includes(bytes[14]!)) {
    return undefined;
  }
  return find(pictures, head) ?? (brandsOf(bytes).some(isAvif) ? "AVIF" : undefined);
}

/**
 * Describes a file whose format is not decoded: `it is an HTML page`, or
 * `it is a HEIC picture named .jpg` if its name says otherwise.
 */
export function describeForeign(bytes: Uint8Array, name: string): string {
  if (bytes.length === 0) return "it is empty";
  if (bytes.every((byte) => byte === 0)) return "it holds nothing but zeros";
  const head = latin1(bytes.subarray(0, 1024));
  const heic = brandsOf(bytes).some((brand) => /^(he[iv]|mif1|msf1)/.test(brand));
  const what = heic ? "a HEIC picture" : find(others, head) ?? textKind(head);
  if (!what) return `it is no picture of a kind that is read (${readKinds})`;
  if (!what.endsWith("picture")) return `it is ${what}`;
  return imageKind(name) === "read"
    ? `it is ${what} named .${extensionOf(name)}`
    : `it is ${what}, a kind that is not read (${readKinds} are)`;
}

function textKind(head: string): string | undefined {
  const text = head.replace(/^\xef\xbb\xbf/, "").trimStart().toLowerCase();
  const kind = texts.find(([pattern]) => pattern.test(text))?.[1];
  if (kind) return kind;
  // deno-lint-ignore no-control-regex -- control characters tell texts from other files
  return /[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(head) ? undefined : "a text";
}

function find<Meaning>(table: readonly Signature<Meaning>[], head: string): Meaning | undefined {
  return table.find(([begin, , at = 0]) => head.startsWith(begin, at))?.[1];
}

/** The brands that a file of ISO's base media format names, such as `avif` and `mif1`. */
function brandsOf(bytes: Uint8Array): string[] {
  const head = latin1(bytes.subarray(0, 256));
  if (!head.startsWith("ftyp", 4)) return [];
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const brands = head.slice(8, 12) + head.slice(16, size);
  return brands.match(/[^]{4}/g) ?? [];
}

function isAvif(brand: string): boolean {
  return brand === "avif" || brand === "avis";
}
