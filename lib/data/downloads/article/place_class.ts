import { join } from "@std/path";
import { createHash } from "node:crypto";
import { rename } from "../../../files/rename.ts";
import { randomStream, shuffle } from "../../../random/stream.ts";
import type { FetchedClass } from "./manifest.ts";

/** Images of each class that validate, as in ImageNet's own validation set. */
const heldOut = 50;
/** With fewer images, the largest share of a class that is held out. */
const largestShare = 0.2;

/** The beginnings of the image formats that ImageNet's files have, whatever their names say. */
const signatures: readonly (readonly number[])[] = [
  [0xff, 0xd8, 0xff], // JPEG
  [0x89, 0x50, 0x4e, 0x47], // PNG
  [0x47, 0x49, 0x46, 0x38], // GIF
  [0x52, 0x49, 0x46, 0x46], // WebP
  [0x42, 0x4d], // BMP
  [0x49, 0x49, 0x2a, 0x00], // TIFF
  [0x4d, 0x4d, 0x00, 0x2a], // TIFF
];
const imageName = /\.(jpe?g|png|gif|webp|bmp|tiff?)$/i;

/** A member that is used has a digest, any other a reason. */
type Member =
  & { readonly file: string }
  & ({ readonly sha256: string } | { readonly reason: string });

/** What became of the members of a class's archive, and the digests of the validation images. */
export type PlacedClass = Pick<FetchedClass, "train" | "validation" | "left_out">;

/**
 * Divides the unpacked members of a class's archive into training and validation images, in the folders
 * `train` and `val` beside them.
 *
 * @param unpacked The folder of the members; it is emptied.
 * @param into The folder that gets `train` and `val`.
 * @param validation The seed that chooses the validation images, or paths of others, which are copied.
 */
export async function placeClass(
  unpacked: string,
  into: string,
  classId: string,
  validation: number | readonly string[],
): Promise<PlacedClass> {
  const members = await readMembers(unpacked);
  const images = members.flatMap((member) => "sha256" in member ? [member] : []);
  const leftOut = members.flatMap((member) => "reason" in member ? [member] : []);
  for (const part of ["train", "val"]) await Deno.mkdir(join(into, part), { recursive: true });
  const official = typeof validation === "number"
    ? {}
    : await copyAll(validation, join(into, "val"));
  const known = new Set(Object.values(official));
  const chosen = typeof validation === "number"
    ? chooseValidation(images.length, validation, classId)
    : new Set<number>();
  const placed = { train: {} as Record<string, string>, validation: official };
  for (const [index, { file, sha256 }] of images.entries()) {
    if (known.has(sha256)) {
      leftOut.push({ file, reason: "it is a validation image" });
      continue;
    }
    const isChosen = chosen.has(index);
    await rename(join(unpacked, file), join(into, isChosen ? "val" : "train", file));
    placed[isChosen ? "validation" : "train"][file] = sha256;
  }
  return { ...placed, left_out: leftOut };
}

/** Looks at every file of a folder, sorted by name. */
async function readMembers(folder: string): Promise<Member[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  const members: Member[] = [];
  for (const { name: file, isFile } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (!isFile) members.push({ file, reason: "it is a folder" });
    else if (!imageName.test(file)) members.push({ file, reason: "its name is not an image's" });
    else {
      const bytes = await Deno.readFile(join(folder, file));
      members.push(
        isImage(bytes)
          ? { file, sha256: digestOf(bytes) }
          : { file, reason: bytes.length === 0 ? "it is empty" : "it is not an image" },
      );
    }
  }
  return members;
}

/** Whether bytes begin as an image does; whether they can be decoded is seen when they are used. */
function isImage(bytes: Uint8Array): boolean {
  return signatures.some((signature) => signature.every((byte, index) => bytes[index] === byte));
}

function chooseValidation(length: number, seed: number, classId: string): Set<number> {
  const indices = Uint32Array.from({ length }, (_, index) => index);
  shuffle(indices, randomStream("validation", seed, classId));
  return new Set(indices.subarray(0, Math.min(heldOut, Math.floor(largestShare * length))));
}

/** Copies files into a folder, and returns their digests by name. */
async function copyAll(paths: readonly string[], folder: string): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const path of paths) {
    const name = path.split(/[/\\]/).at(-1)!;
    const bytes = await Deno.readFile(path);
    await Deno.writeFile(join(folder, name), bytes);
    digests[name] = digestOf(bytes);
  }
  return digests;
}

function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
