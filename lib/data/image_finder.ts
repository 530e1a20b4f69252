import { OptionError } from "../errors.ts";
import type { Dataset, Image, Resize } from "./dataset.ts";

/** Loads an image, resized. */
export type LoadImage = (resize: Resize) => Promise<Image>;

/** A data set whose images are shown; not all of its splits are needed. */
export type ShownDataset =
  & Pick<Dataset, "validation" | "classes">
  & Partial<Pick<Dataset, "train" | "test">>;

/**
 * Returns a function that finds the image of a prediction: by its path, in the first of a data set's splits that
 * has it.
 *
 * @returns The function. It throws an {@linkcode OptionError} if no split has the image.
 *
 * @example
 * ```ts
 * import { imageFinder, loadDataset } from "vgg/data";
 *
 * const dataset = await loadDataset("drawn10");
 * const load = imageFinder(dataset)(dataset.validation.path(0));
 * (await load({ mode: "stretch", size: 64 })).width; // 64
 * ```
 */
export function imageFinder(
  { validation, test, train }: ShownDataset,
): (path: string) => LoadImage {
  const lists = [validation, test, train].flatMap((split) => {
    let list: ReadonlyMap<string, number> | undefined;
    // A split may be long; mostly the first one is enough.
    const listOf = (): ReadonlyMap<string, number> =>
      list ??= new Map(Array.from(split?.labels ?? [], (_, at) => [split!.path(at), at]));
    return split ? [{ split, listOf }] : [];
  });
  return (path) => {
    for (const { split, listOf } of lists) {
      const index = listOf().get(path);
      if (index !== undefined) return (resize) => split.image(index, resize);
    }
    throw new OptionError(`a prediction must be of an image of the data set. Received: ${path}`);
  };
}
