/** Extensions of the formats that {@linkcode decodeImage} reads, by the format's usual extension. */
const read: Readonly<Record<string, string>> = {
  jpg: "jpeg jpe jfif jfi jif pjpeg pjp mpo",
  png: "apng",
  gif: "",
  webp: "",
  bmp: "dib",
  tif: "tiff",
  avif: "avifs",
  ppm: "pgm pnm",
};

/** Extensions of pictures that are not read. */
const notRead = [
  "heic heics heif heifs hif avci", // phones and newer cameras
  "3fr arw cr2 cr3 crw dcr dng erf fff iiq k25 kdc mef mos mrw nef nrw orf pef raf raw rw2 rwl sr2",
  "srf srw x3f", // the cameras' raw files
  "svg svgz eps wmf emf cdr", // drawings
  "psd psb xcf kra clip afphoto", // the layers of drawing programs
  "jp2 j2k j2c jpc jpf jpx jpm jxl jxr wdp hdp jls bpg flif qoi heix mng jng fpx",
  "ico cur icns ani",
  "pbm pam pfm xbm xpm pcx ras sgi rgb bw tga vda icb vst dds wbmp",
  "exr hdr rgbe fit fits fts dcm dicom nrrd mha svs ndpi mrxs czi lif nd2", // measurements
].flatMap((line) => line.split(" "));

const kinds: ReadonlyMap<string, "read" | "not-read"> = new Map([
  ...notRead.map((extension) => [extension, "not-read"] as const),
  ...Object.entries(read).flatMap(([extension, others]) =>
    `${extension} ${others}`.trim().split(" ").map((each) => [each, "read"] as const)
  ),
]);

/** The usual extension of the format that a file's name claims: `jpg` for `a.JPEG`. */
export function usualExtension(name: string): string | undefined {
  const extension = extensionOf(name);
  if (extension === "") return undefined;
  return Object.keys(read).find((usual) =>
    `${usual} ${read[usual]}`.split(" ").includes(extension)
  );
}

/** The formats that are read, for messages. */
export const readKinds: string = Object.keys(read).join(", ");

const systemFiles = /^(\..*|thumbs\.db|ehthumbs.*\.db|desktop\.ini|icon\r)$/i;

/**
 * Tells from a file's extension, in any case of letters, whether it is a picture: `read` if its format is
 * decoded, `not-read` if it is a picture of a format that is not decoded, such as `.heic`; `undefined` for
 * anything else.
 *
 * @example
 * ```ts
 * import { imageKind } from "./kinds.ts";
 *
 * imageKind("IMG_1.JPG"); // "read"
 * imageKind("IMG_1.HEIC"); // "not-read"
 * imageKind("notes.txt"); // undefined
 * ```
 */
export function imageKind(name: string): "read" | "not-read" | undefined {
  return kinds.get(extensionOf(name));
}

/** Whether a file is hidden, or is one that Windows or macOS add to folders. */
export function isSystemFile(name: string): boolean {
  return systemFiles.test(name);
}

/**
 * Counts files that are left out, by kind: pictures by their extension, all others together. Hidden files
 * and those that Windows and macOS add to folders (`Thumbs.db`) do not count. The text is empty if no file
 * is left.
 *
 * @example
 * ```ts
 * import { countKinds } from "./kinds.ts";
 *
 * countKinds(["a.heic", "b.HEIC", "c.svg", "notes.txt"]); // 2 .heic, 1 .svg, 1 other file
 * ```
 */
export function countKinds(names: readonly string[]): string {
  const counts = new Map<string, number>();
  let others = 0;
  for (const name of names) {
    if (isSystemFile(name.split(/[/\\]/).at(-1)!)) continue;
    const extension = extensionOf(name);
    if (kinds.has(extension)) counts.set(extension, (counts.get(extension) ?? 0) + 1);
    else others++;
  }
  const parts = [...counts].sort(([, one], [, other]) => other - one)
    .map(([extension, count]) => `${count} .${extension}`);
  if (others > 0) parts.push(`${others} other ${others === 1 ? "file" : "files"}`);
  return parts.join(", ");
}

/** The extension of a file's name in lower case, without its dot; empty if there is none. */
export function extensionOf(name: string): string {
  return /[^/\\]\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
}
