import { dirname, join } from "@std/path";
import sharp, { type Sharp } from "sharp";
import { drawn10 } from "../../lib/data/drawn10/mod.ts";

/** The side of the drawings in pixels. */
const side = 120;

/** The groups of the same pictures that {@linkcode plantDuplicates} makes, as paths. */
export const planted: Readonly<Record<string, readonly string[]>> = {
  exact: ["train/basket/0.png", "train/basket/copy.png"],
  compressed: ["train/basket/1.png", "train/basket/compressed.jpg"],
  resized: ["train/basket/2.png", "train/basket/half.png", "train/basket/large.webp"],
  brighter: ["train/basket/3.png", "train/basket/brighter.jpg"],
  cropped: ["train/basket/4.png", "train/basket/cropped.jpg"],
  "in two classes": ["train/basket/5.png", "train/bison/labeled twice.jpg"],
  "an exact leak": ["train/bison/0.png", "val/bison/0 again.png"],
  "a near leak": ["train/bison/1.png", "val/bison/renamed.jpg"],
};

/** How the copies are made of the first picture of their group. */
const copies: Readonly<Record<string, (picture: Sharp) => Sharp>> = {
  "train/basket/compressed.jpg": (picture) => picture.jpeg({ quality: 40 }),
  "train/basket/half.png": (picture) => picture.resize(side / 2).png(),
  "train/basket/large.webp": (picture) => picture.resize(2 * side).webp(),
  "train/basket/brighter.jpg": (picture) => picture.linear(1.2, 5).jpeg(),
  "train/basket/cropped.jpg": (picture) =>
    picture.extract({ left: 2, top: 2, width: side - 4, height: side - 4 }).jpeg(),
  "train/bison/labeled twice.jpg": (picture) => picture.jpeg(),
  "val/bison/renamed.jpg": (picture) => picture.resize(90).jpeg(),
};

/**
 * Writes two classes of drawings, `basket` with 20 for training and `bison` with 10, and 3 of each for
 * validation; then the copies of {@linkcode planted}, a file without bytes, a text, and a GIF named .jpg.
 */
export async function plantDuplicates(folder: string): Promise<void> {
  const { train, validation } = drawn10({ trainPerClass: 20, validationPerClass: 3 });
  const [basket, bison] = [3, 4];
  const write = async (path: string, bytes: Uint8Array): Promise<void> => {
    await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
    await Deno.writeFile(join(folder, path), bytes);
  };
  const draw = async (split: typeof train, sample: number): Promise<Sharp> => {
    const { data } = await split.image(sample, { mode: "stretch", size: side });
    return sharp(data, { raw: { width: side, height: side, channels: 3 } });
  };
  for (const [name, label, count] of [["basket", basket, 20], ["bison", bison, 10]] as const) {
    for (let number = 0; number < count; number++) {
      const drawing = await draw(train, label * 20 + number);
      await write(`train/${name}/${number}.png`, await drawing.png().toBuffer());
      if (number >= 3) continue;
      const other = await draw(validation, label * 3 + number);
      await write(`val/${name}/v${number}.png`, await other.png().toBuffer());
    }
  }
  for (const [first, ...others] of Object.values(planted)) {
    const bytes = await Deno.readFile(join(folder, first!));
    for (const path of others) {
      await write(path, copies[path] ? await copies[path](sharp(bytes)).toBuffer() : bytes);
    }
  }
  await write("train/bison/empty.png", new Uint8Array());
  await write("train/notes.txt", new TextEncoder().encode("notes"));
  const odd = await draw(validation, 0);
  await write(
    "train/bison/odd.jpg",
    await odd.grayscale().resize(20, 100, { fit: "fill" }).gif().toBuffer(),
  );
}
