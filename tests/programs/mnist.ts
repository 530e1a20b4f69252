import { join } from "@std/path";

/** The kinds of IDX files: of images, with three dimensions, and of labels, with one. */
const kinds = [
  { suffix: "images-idx3-ubyte", headerBytes: 16, itemBytes: 28 * 28 },
  { suffix: "labels-idx1-ubyte", headerBytes: 8, itemBytes: 1 },
];

/** Writes the first images of MNIST's files into another folder, a sixth as many of the test set. */
export async function writeMnist(source: string, target: string, images: number): Promise<void> {
  for (const [set, count] of [["train", images], ["t10k", Math.ceil(images / 6)]] as const) {
    for (const { suffix, headerBytes, itemBytes } of kinds) {
      const name = `${set}-${suffix}`;
      const whole = await Deno.readFile(join(source, name));
      const part = whole.slice(0, headerBytes + count * itemBytes);
      // The second number of the header, in big-endian order, counts the items.
      new DataView(part.buffer).setUint32(4, count);
      await Deno.writeFile(join(target, name), part);
    }
  }
}
