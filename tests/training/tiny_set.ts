import type { Dataset, Image, Resize, Split } from "../../lib/data/dataset.ts";
import { type PreparedSplit, prepareImages } from "../../lib/data/pipeline/prepared_split.ts";

/**
 * Images of 32 px in two classes, reddish and bluish, with some noise: learned in a few steps.
 *
 * @param first Gives other noise if it is another power of two: small differences do not reach the high bits.
 */
function tinySplit(length: number, first = 0): Split {
  return {
    length,
    labels: Uint16Array.from({ length }, (_, index) => index % 2),
    path: (index) => `tiny/${index}.png`,
    image: (index: number, { size }: Resize): Promise<Image> => {
      const data = Uint8Array.from({ length: size * size * 3 }, (_, at) => {
        const noise = (Math.imul(at + 1, 2654435761) ^ Math.imul(first + index + 1, 40503)) >>> 25;
        return noise + (at % 3 === (index % 2) * 2 ? 100 : 0);
      });
      return Promise.resolve({ width: size, height: size, data });
    },
  };
}

/** A data set that needs no file. */
export const tinySet: Dataset = {
  name: "tiny",
  classes: [{ id: "r", name: "reddish" }, { id: "b", name: "bluish" }],
  train: tinySplit(24),
  validation: tinySplit(8, 2 ** 20),
  warnings: [],
};

/** Its two splits, prepared at 32 px. */
export async function prepareTiny(): Promise<{ train: PreparedSplit; validation: PreparedSplit }> {
  const fit = { mode: "stretch", size: 32 } as const;
  return {
    train: await prepareImages(tinySet.train, fit),
    validation: await prepareImages(tinySet.validation, fit),
  };
}

/** Writes it as class folders of PNG files, for whoever reads folders. */
export async function writeTiny(folder: string): Promise<void> {
  const { default: sharp } = await import("sharp");
  for (const [name, split] of Object.entries({ train: tinySet.train, val: tinySet.validation })) {
    for (let index = 0; index < split.length; index++) {
      const { id } = tinySet.classes[split.labels[index]!]!;
      await Deno.mkdir(`${folder}/${name}/${id}`, { recursive: true });
      const { data, width, height } = await split.image(index, { mode: "stretch", size: 32 });
      await sharp(data, { raw: { width, height, channels: 3 } })
        .png().toFile(`${folder}/${name}/${id}/${index}.png`);
    }
  }
}
