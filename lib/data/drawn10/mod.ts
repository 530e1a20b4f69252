/**
 * The built-in data set: ten classes of drawn images, which need no download.
 *
 * `loadDataset("drawn10")` of `vgg/data` opens it too; the options here set how many images it has.
 *
 * @example
 * ```ts
 * import { drawn10 } from "vgg/drawn10";
 *
 * const { classes, train } = drawn10({ seed: 7, trainPerClass: 100 });
 * console.assert(classes.length === 10 && train.length === 1000);
 * ```
 *
 * @module
 */

import { copyMiddle } from "../images/copy_pixels.ts";
import type { Dataset, Split } from "../dataset.ts";
import { requirePositiveInteger } from "../../errors.ts";
import { drawnClasses } from "./classes.ts";
import { cachedImage } from "./image_cache.ts";
import { requestImage } from "./draw_pool.ts";
import { drawingVersion } from "./version.ts";

/** The seed and the size of drawn10. */
export interface Drawn10Options {
  /** The seed of all images; 1 by default. */
  readonly seed?: number;
  /** Training images of each class; 400 by default. */
  readonly trainPerClass?: number;
  /** Validation images of each class; 50 by default. */
  readonly validationPerClass?: number;
}

/**
 * Opens the built-in data set, which needs no download: drawings of the article's ten classes. Each image
 * is drawn at any size when it is read, and depends only on the seed, its split, its class and its
 * number. Every resize mode gives a `size × size` square of the same scene.
 *
 * @throws {OptionError} If a count is not a whole number above 0.
 *
 * @example
 * ```ts
 * import { drawn10, type Drawn10Options } from "vgg/drawn10";
 *
 * const options: Drawn10Options = { seed: 7, trainPerClass: 100 };
 * const { train } = drawn10(options);
 * const image = await train.image(0, { mode: "stretch", size: 64 });
 * console.assert(train.length === 1000 && image.data.length === 64 * 64 * 3);
 * ```
 */
export function drawn10(options: Drawn10Options = {}): Dataset {
  const { seed = 1, trainPerClass = 400, validationPerClass = 50 } = options;
  requirePositiveInteger("trainPerClass", trainPerClass);
  requirePositiveInteger("validationPerClass", validationPerClass);
  return {
    name: "drawn10",
    classes: drawnClasses.map(({ id, name }) => ({ id, name })),
    train: drawnSplit("train", seed, trainPerClass),
    validation: drawnSplit("validation", seed, validationPerClass),
    warnings: [],
  };
}

function drawnSplit(name: "train" | "validation", seed: number, perClass: number): Split {
  const length = drawnClasses.length * perClass;
  const find = (index: number): { label: number; id: string; number: number } => {
    const label = Math.floor(index / perClass);
    const id = drawnClasses[label]?.id;
    if (id !== undefined && Number.isInteger(index)) return { label, id, number: index % perClass };
    throw new RangeError(`sample must be 0 to ${length - 1}. Received: ${index}`);
  };
  return {
    length,
    labels: Uint16Array.from({ length }, (_, index) => Math.floor(index / perClass)),
    drawnAs: `drawn10-v${drawingVersion}-seed${seed}-${name}-${length}`,
    path: (index) => {
      const { id, number } = find(index);
      return `drawn10/${name}/${id}/${String(number).padStart(4, "0")}.png`;
    },
    image: async (index, { mode, size, shortestSide = size }) => {
      const side = mode === "crop" ? shortestSide : size;
      requirePositiveInteger("size", side);
      const { label, id, number } = find(index);
      const seeds = ["drawn10", seed, name, id, number];
      const request = { label, seeds, size: side };
      const image = await cachedImage([...seeds, side].join(), () => requestImage(request));
      return side === size ? image : copyMiddle(image, size);
    },
  };
}
