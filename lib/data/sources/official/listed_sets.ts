import { join } from "@std/path";
import { DataError } from "../../errors.ts";
import { isFile } from "../folders.ts";
import type { Layout } from "../layout.ts";
import { readMatFile } from "../records/mat_file.ts";
import { classesOf, type ListedImage, listedLayout, readList } from "./listed_set.ts";

/** Food-101, whose lists name images without their extension. */
export const food101Layout: Layout = listedLayout({
  name: "Food-101",
  folder: "food-101",
  needed: ["images/", "meta/train.txt", "meta/test.txt"],
  telling: ["meta/train.txt", "meta/test.txt"],
  more: ["meta/classes.txt", "meta/labels.txt"],
  read: async (root) => {
    const list = async (split: string): Promise<ListedImage[]> =>
      (await readList(root, `meta/${split}.txt`)).map((line) =>
        inClassFolder(join(root, `meta/${split}.txt`), "images", `${line}.jpg`)
      );
    const [train, test] = await Promise.all(["train", "test"].map(list));
    const [ids, labels] = await Promise.all(
      ["classes", "labels"].map(async (name) =>
        await isFile(join(root, `meta/${name}.txt`)) ? await readList(root, `meta/${name}.txt`) : []
      ),
    );
    const names = new Map(ids!.map((id, index) => [id, labels![index]]));
    const classes = classesOf([...train!, ...test!], (id) => names.get(id) ?? id);
    return { classes, train: train!, test: test! };
  },
});

/** Caltech-UCSD Birds 200-2011. */
export const cub200Layout: Layout = listedLayout({
  name: "CUB-200-2011",
  folder: "CUB_200_2011",
  needed: ["images/", "images.txt", "train_test_split.txt"],
  telling: ["train_test_split.txt"],
  more: ["classes.txt", "image_class_labels.txt"],
  read: async (root) => {
    const paths = (await readList(root, "images.txt")).map((line) => line.split(/\s+/));
    const training = new Set(
      (await readList(root, "train_test_split.txt")).map((line) => line.split(/\s+/))
        .flatMap(([number, isTraining]) => isTraining === "1" ? [number] : []),
    );
    const images = paths.map(([number, path = ""]) => ({
      isTraining: training.has(number),
      ...inClassFolder(join(root, "images.txt"), "images", path),
    }));
    return {
      classes: classesOf(images, (id) => id.replace(/^\d+\./, "").replaceAll("_", " ")),
      train: images.filter(({ isTraining }) => isTraining),
      test: images.filter(({ isTraining }) => !isTraining),
    };
  },
});

/** The Oxford-IIIT Pets: 37 breeds, whose names are in those of the images. */
export const oxfordPetsLayout: Layout = listedLayout({
  name: "Oxford-IIIT Pets",
  folder: "oxford-iiit-pet",
  needed: ["images/", "annotations/trainval.txt", "annotations/test.txt"],
  telling: ["annotations/trainval.txt"],
  more: ["annotations/list.txt"],
  read: async (root) => {
    const list = async (split: string): Promise<ListedImage[]> => {
      const file = `annotations/${split}.txt`;
      return (await readList(root, file)).filter((line) => !line.startsWith("#")).map((line) => {
        const [, image, breed] = /^(([^/\\\p{Cc}]+)_\d+)\s+\d/u.exec(line) ?? [];
        if (image && breed) return { path: `images/${image}.jpg`, classId: breed };
        throw new DataError(
          `${join(root, file)} must name an image such as Abyssinian_100 on each line. Received: ` +
            line.slice(0, 80),
        );
      });
    };
    const [train, test] = await Promise.all(["trainval", "test"].map(list));
    const classes = classesOf([...train!, ...test!], (id) => id.replaceAll("_", " "));
    return { classes, train: train!, test: test! };
  },
});

/** The Stanford Dogs: 120 breeds of ImageNet. */
export const stanfordDogsLayout: Layout = listedLayout({
  name: "Stanford Dogs",
  folder: "stanford-dogs",
  needed: ["Images/", "train_list.mat", "test_list.mat"],
  telling: ["train_list.mat"],
  read: async (root) => {
    const list = async (split: string): Promise<ListedImage[]> =>
      (await readMatFile(join(root, `${split}_list.mat`))).texts("file_list")
        .map((path) => inClassFolder(join(root, `${split}_list.mat`), "Images", path));
    const [train, test] = await Promise.all(["train", "test"].map(list));
    const nameOf = (id: string): string => id.replace(/^n\d{8}-/, "").replaceAll("_", " ");
    return { classes: classesOf([...train!, ...test!], nameOf), train: train!, test: test! };
  },
});

/** An image `<class>/<name>` of a list, in a folder. */
function inClassFolder(list: string, folder: string, path: string): ListedImage {
  const [, classId] = /^(?!\.\.?\/)([^/\\\p{Cc}]+)\/[^/\\\p{Cc}]+$/u.exec(path) ?? [];
  if (classId) return { path: `${folder}/${path}`, classId };
  throw new DataError(
    `${list} must name images as <class>/<name>. Received: ${path.slice(0, 80)}`,
  );
}
