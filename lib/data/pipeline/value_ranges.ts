import type { Image, Split } from "../dataset.ts";

/** Values of one color channel that differ by no more are nearly equal; 12 bits of 16 give 0 to 15. */
const nearlyEqual = 16;

/** The largest byte of values of 14 bits, as in cameras' files, and what resizing adds to it. */
const lowBits = 63 + 5;

/** The maximum number of images that are named in a warning. */
const maxNamed = 3;

/** Watches the values of decoded images, and warns of those that a network can hardly tell apart. */
export interface WatchedSplit {
  /** The split, whose images are watched as they are decoded. */
  readonly split: Split;
  /**
   * One line for each oddity of the images decoded so far: images of nearly one color, images of 16 bits
   * that use only the lower ones, and images of floating-point numbers that end at 1.
   */
  warnings(): string[];
}

/** What is known of the images of one kind. */
interface Group {
  /** The images of nearly one color. */
  readonly plain: number[];
  readonly all: number[];
  largest: number;
}

/** Watches the values of the images of a split. The values of most images are known by a few pixels. */
export function watchValues(split: Split): WatchedSplit {
  const groups: Record<"8-bit" | "16-bit" | "float", Group> = {
    "8-bit": { plain: [], all: [], largest: 255 },
    "16-bit": { plain: [], all: [], largest: 0 },
    float: { plain: [], all: [], largest: 0 },
  };
  return {
    split: {
      ...split,
      image: async (index, resize) => {
        const image = await split.image(index, resize);
        const group = groups[image.depth ?? "8-bit"];
        group.all.push(index);
        if (image.depth) group.largest = Math.max(group.largest, largestOf(image));
        if (isPlain(image)) group.plain.push(index);
        return image;
      },
    },
    warnings: () => {
      const { "8-bit": usual, "16-bit": deep, float } = groups;
      const describe = (images: readonly number[], which: string, fault: string): string => {
        const { length } = images;
        const nouns = length === 1 ? ["image", "is"] : ["images", "are"];
        const count = length.toLocaleString("en-US");
        return `${count} ${nouns[0]} ${which} ${nouns[1]} ${fault}: ${namesOf(split, images)}`;
      };
      const [plain, lines]: [number[], string[]] = [[...usual.plain], []];
      if (deep.all.length > 0 && deep.largest <= lowBits) {
        const bits = Math.round(Math.log2(Math.max(1, deep.largest) * 257));
        lines.push(describe(deep.all, "of 16 bits", `dark, since their values take only ${bits}`));
      } else plain.push(...deep.plain);
      if (float.all.length > 0 && float.largest <= 1) {
        lines.push(
          describe(
            float.all,
            "of floating-point numbers",
            "black: 255 is white, and they end at 1",
          ),
        );
      } else plain.push(...float.plain);
      const of = `of ${split.length.toLocaleString("en-US")}`;
      if (plain.length > 0) lines.push(describe(plain, of, "of (nearly) one color"));
      return lines;
    },
  };
}

function namesOf(split: Split, images: readonly number[]): string {
  const sorted = images.toSorted((one, other) => one - other);
  const named = sorted.slice(0, maxNamed).map((index) => split.path(index)).join(", ");
  return images.length > maxNamed ? `${named}, …` : named;
}

/** Whether the values of each channel are nearly equal. */
function isPlain({ data }: Image): boolean {
  const least = [255, 255, 255], most = [0, 0, 0];
  for (let at = 0; at < data.length; at++) {
    const [channel, value] = [at % 3, data[at]!];
    if (value < least[channel]!) least[channel] = value;
    if (value > most[channel]!) most[channel] = value;
    if (most[channel]! - least[channel]! > nearlyEqual) return false;
  }
  return true;
}

function largestOf({ data }: Image): number {
  return data.reduce((largest, value) => Math.max(largest, value), 0);
}
