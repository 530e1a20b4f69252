import { join } from "@std/path";
import fc from "fast-check";
import { BrokenImageError, type Dataset } from "../../../lib/data/dataset.ts";
import { DataError } from "../../../lib/data/errors.ts";
import { findImages } from "../../../lib/data/images/find_images.ts";
import { loadDataset } from "../../../lib/data/open_dataset.ts";
import { cifar10 } from "../../../lib/data/sources/cifar10.ts";
import { ilsvrc } from "../../../lib/data/sources/ilsvrc.ts";
import { sharedData } from "../../data/support.ts";
import type { Bytes } from "../mutate.ts";
import { filesOf, fileTarget, type Target, wholeJson } from "../target.ts";

const record = 3073;
const batchNames = ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5"];

/** Writes all files of CIFAR-10 that are not there. */
async function completeCifar(folder: string): Promise<void> {
  const batch = new Uint8Array(record);
  for (const name of [...batchNames, "test_batch"]) {
    await addFile(join(folder, `${name}.bin`), batch);
  }
  const names = Array.from({ length: 10 }, (_, index) => `class ${index}`).join("\n");
  await addFile(join(folder, "batches.meta.txt"), new TextEncoder().encode(names));
}

/** Writes a file where there is none of its name. */
export async function addFile(path: string, bytes: Uint8Array = new Uint8Array()): Promise<void> {
  try {
    await Deno.writeFile(path, bytes, { createNew: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

async function readCifar(_: string, folder: string): Promise<void> {
  await completeCifar(folder);
  await readAll(await cifar10(folder));
}

/** Looks at every sample, and decodes some. */
export async function readAll({ train, validation, test, classes }: Dataset): Promise<void> {
  for (const split of [train, validation, ...(test ? [test] : [])]) {
    for (let index = 0; index < split.length; index++) {
      const label = split.labels[index]!;
      if (!(label < classes.length)) throw new Error(`label ${label} of ${classes.length}`);
      split.path(index);
      if (index >= 3) continue;
      await split.image(index, { mode: "stretch", size: 32 }).catch((error) => {
        if (!(error instanceof BrokenImageError)) throw error;
      });
    }
  }
}

const wnids = ["n01440764", "n02033041", "n02410509", "n02483708"];

/** ImageNet's folders with the classes and validation images of the mini set, without their pixels. */
async function readIlsvrc(_: string, folder: string): Promise<void> {
  const images = join(folder, "ILSVRC/Data/CLS-LOC");
  for (const wnid of wnids) {
    await Deno.mkdir(join(images, "train", wnid), { recursive: true });
    await addFile(join(images, "train", wnid, "1.JPEG"));
  }
  await Deno.mkdir(join(images, "val"));
  for (let index = 1; index < 13; index++) {
    await addFile(join(images, "val", `ILSVRC2012_val_${`${index}`.padStart(8, "0")}.JPEG`));
  }
  await addFile(
    join(folder, "LOC_val_solution.csv"),
    new TextEncoder().encode(
      `ImageId,PredictionString\nILSVRC2012_val_00000001,${wnids[0]} 1 2 3 4\n`,
    ),
  );
  await readAll(await ilsvrc(folder));
}

const mini = join(sharedData, "ilsvrc-mini");
const cifar = join(sharedData, "cifar10/cifar-10-batches-bin");

const kinds = [
  ...["image", "file", "folder"] as const,
  ...["link up", "link nowhere", "link to itself"] as const,
];

/** A file or folder of a layout; links lead to the folder above, or nowhere. */
interface Place {
  readonly path: readonly string[];
  readonly kind: typeof kinds[number];
}

const names = fc.oneof(
  fc.constantFrom("train", "val", "ILSVRC", "Data", "CLS-LOC", "cat", "dog", "n02033041"),
  fc.constantFrom("data_batch_1.bin", "test_batch.bin", "batches.meta.txt", "cifar-10-batches-bin"),
  fc.constantFrom(
    "Training",
    "val_set",
    "test",
    "images",
    "seg_train",
    "Cat",
    "labels.csv",
    "1.heic",
  ),
  fc.constantFrom("LOC_val_solution.csv", "a.jpg", "b.PNG", ".hidden", "__MACOSX", "é", "e\u0301"),
  fc.string({ unit: "binary", minLength: 1, maxLength: 12 })
    .map((name) => name.replaceAll(/[/\0]/g, "_").toWellFormed())
    .filter((name) => name !== "." && name !== ".."),
);
const places: fc.Arbitrary<Place> = fc.record({
  path: fc.array(names, { minLength: 1, maxLength: 4 }),
  kind: fc.constantFrom("image" as const, ...kinds),
});
const images = (...paths: readonly string[]): Place[] =>
  paths.map((path) => ({ path: path.split("/"), kind: "image" }));

/** Layouts that are understood, and what lies about in them. */
const layouts: fc.Arbitrary<readonly Place[]> = fc.tuple(
  fc.constantFrom(
    [],
    images("cat/1", "cat/2", "dog/1"),
    images("train/cat/1", "train/dog/1", "val/cat/1"),
    images("Training/cat/1", "Training/dog/1", "Test/dog/1"),
    images("seg_train/seg_train/cat/1", "seg_train/seg_train/dog/1", "seg_test/seg_test/cat/1"),
    images("data/cat/1", "data/dog/1"),
    images("images/1", "images/2", "images/3"),
    images(...wnids.map((wnid) => `ILSVRC/Data/CLS-LOC/train/${wnid}/1`)),
  ),
  fc.array(places, { maxLength: 10 }),
).map((parts) => parts.flat());

const encode = (places: readonly Place[]): Bytes =>
  new TextEncoder().encode(JSON.stringify(places));

/** The places that an input has; what is none is left out. */
function placesIn(input: Bytes): Place[] {
  try {
    const found: unknown = JSON.parse(new TextDecoder().decode(input));
    return (Array.isArray(found) ? found : []).filter((place) =>
      kinds.includes(place?.kind) && Array.isArray(place.path) && place.path.length > 0 &&
      place.path.every((name: unknown) => typeof name === "string" && !/^\.{0,2}$|[/\0]/.test(name))
    ).map(({ path, kind }) => ({ path: path.map((name: string) => name.toWellFormed()), kind }));
  } catch {
    return [];
  }
}

async function lay({ path, kind }: Place, root: string): Promise<void> {
  const place = join(root, ...path);
  const add: Record<Place["kind"], () => Promise<void>> = {
    image: () => addFile(`${place}.jpg`),
    file: () => addFile(place, new TextEncoder().encode("text")),
    folder: () => Deno.mkdir(place, { recursive: true }),
    "link up": () => Deno.symlink("..", place),
    "link nowhere": () => Deno.symlink("nowhere", place),
    "link to itself": () => Deno.symlink(path.at(-1)!, place),
  };
  // Names that the file system refuses, and places below files, are left out.
  try {
    await Deno.mkdir(join(root, ...path.slice(0, -1)), { recursive: true });
    await add[kind]();
  } catch {
    return;
  }
}

/** Readers of data sets. */
export const dataTargets: readonly Target[] = [
  fileTarget({
    name: "data: CIFAR-10: batch",
    file: "data_batch_1.bin",
    seeds: async () => (await filesOf(cifar, /\.bin$/))?.map((bytes) => bytes.slice(0, 3 * record)),
    read: readCifar,
    errors: [DataError],
  }),
  fileTarget({
    name: "data: CIFAR-10: class names",
    file: "batches.meta.txt",
    seeds: () => filesOf(cifar, /meta\.txt$/),
    read: readCifar,
    errors: [DataError],
  }),
  fileTarget({
    name: "data: ILSVRC: solutions, CSV",
    file: "LOC_val_solution.csv",
    seeds: () => filesOf(mini, /solution\.csv$/),
    read: readIlsvrc,
    errors: [DataError],
  }),
  fileTarget({
    name: "data: ILSVRC: synset mapping",
    file: "LOC_synset_mapping.txt",
    seeds: async () => (await filesOf(mini, /mapping\.txt$/))?.map((bytes) => bytes.slice(0, 4000)),
    read: readIlsvrc,
    errors: [DataError],
  }),
  {
    name: "data: layouts of folders",
    seeds: () => Promise.resolve([encode(images("cat/1", "cat/2", "dog/1"))]),
    model: layouts.map(encode),
    json: wholeJson,
    files: "folder",
    read: async (input, folder) => {
      // A link up from it still leads into the folder of this input alone.
      const set = join(folder, "set");
      await Deno.mkdir(set);
      for (const place of placesIn(input)) await lay(place, set);
      await findImages([set]).catch((error) => {
        if (!(error instanceof DataError)) throw error;
      });
      await readAll(await loadDataset(set));
    },
    errors: [DataError],
    names: /./,
  },
];
