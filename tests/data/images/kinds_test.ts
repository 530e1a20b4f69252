import { deepEqual, equal } from "node:assert/strict";
import sharp from "sharp";
import { countKinds, imageKind, readKinds } from "../../../lib/data/images/kinds.ts";

const kindsOf = (names: string): unknown[] => names.split(" ").map(imageKind);

Deno.test("imageKind() reads every extension of the decoded formats, in any case of letters", () => {
  const names =
    "a.jpg a.JPEG a.jpe a.JFIF a.png a.gif a.webp a.bmp a.dib a.tif a.TIFF a.avif a.ppm a.pgm";
  deepEqual(new Set(kindsOf(names)), new Set(["read"]));
  // sharp's own list of the extensions of these formats.
  for (const format of ["jpeg", "png", "webp", "tiff", "gif", "heif"] as const) {
    for (const suffix of sharp.format[format].input.fileSuffix ?? []) {
      equal(imageKind(`a${suffix}`), "read", suffix);
    }
  }
});

Deno.test("imageKind() knows pictures of kinds that are not read", () => {
  const names = "a.heic a.HEIF a.svg a.psd a.cr2 a.CR3 a.nef a.arw a.dng a.jp2 a.jxl a.ico a.pbm " +
    "a.tga a.exr a.dcm a.fits";
  deepEqual(new Set(kindsOf(names)), new Set(["not-read"]));
});

Deno.test("imageKind() takes nothing else for a picture", () => {
  const names = "jpg .jpg a a. a.txt a.csv a.json a.xml a.mp4 a.zip a.npy a.jpg.txt jpg/a a.jpg/b";
  deepEqual(new Set(kindsOf(names)), new Set([undefined]));
});

Deno.test("countKinds() counts the largest kinds first and leaves out the system's files", () => {
  equal(
    countKinds([
      "a.svg",
      "sub/a.heic",
      "b.HEIC",
      ".DS_Store",
      "x/Thumbs.db",
      "notes.txt",
      "LICENSE",
    ]),
    "2 .heic, 1 .svg, 2 other files",
  );
  equal(countKinds(["a.txt"]), "1 other file");
  equal(countKinds(["._a.jpg", "desktop.ini"]), "");
  equal(readKinds, "jpg, png, gif, webp, bmp, tif, avif, ppm");
});
