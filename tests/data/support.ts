import { dirname, join } from "@std/path";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BrokenImageError, type Dataset, type Image, type Split } from "../../lib/data/dataset.ts";

/** The folder of real test data next to the project. */
export const sharedData = fileURLToPath(new URL("../../../shared/data", import.meta.url));

/** Registers a test that needs the real test data and is skipped without it. */
export function withSharedData(name: string, test: () => Promise<void>): void {
  const missing = !existsSync(sharedData);
  Deno.test({
    name: missing ? `${name} (skipped: no ../shared/data)` : name,
    ignore: missing,
    fn: test,
  });
}

/** Calls `use` with a temporary folder of the given files, each named by its path in the folder. */
export async function withFolder(
  files: Readonly<Record<string, string | Uint8Array>>,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [path, content] of Object.entries(files)) {
      const file = join(folder, path);
      await Deno.mkdir(dirname(file), { recursive: true });
      if (typeof content === "string") await Deno.writeTextFile(file, content);
      else await Deno.writeFile(file, content);
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The means of the red, green and blue bytes. */
export function meanColor({ width, height, data }: Image): number[] {
  const sums = [0, 0, 0];
  data.forEach((value, index) => sums[index % 3] = (sums[index % 3] ?? 0) + value);
  return sums.map((sum) => sum / (width * height));
}

/** The number of samples of each class in a split. */
export function countClasses(dataset: Dataset, split: Split): number[] {
  const counts = dataset.classes.map(() => 0);
  for (const label of split.labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

/** A split of images, each filled with one gray: the sample's index. */
export function graySplit(labels: readonly number[], size = 4): Split {
  return {
    length: labels.length,
    labels: Uint16Array.from(labels),
    path: (index) => `gray/${index}.png`,
    image: (index) =>
      Promise.resolve({
        width: size,
        height: size,
        data: new Uint8Array(size * size * 3).fill(index),
      }),
  };
}

/** A split in which some samples are broken. */
export function withBroken(split: Split, broken: readonly number[]): Split {
  return {
    ...split,
    image: (index, resize) =>
      broken.includes(index)
        ? Promise.reject(new BrokenImageError(split.path(index), "torn"))
        : split.image(index, resize),
  };
}
