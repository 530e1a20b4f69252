import type { Image, Split } from "../../dataset.ts";
import { resizeImage } from "../../images/decode.ts";

/** Images of one size that lie one after the other in a file. */
export interface RecordFile {
  /** The file's name. */
  readonly name: string;
  /** The class index of every image. */
  readonly labels: ArrayLike<number>;
  /** Reads an image of the file. */
  read(index: number): Image | Promise<Image>;
}

/** Makes a split of the images of several files, in their order. */
export function recordSplit(files: readonly RecordFile[]): Split {
  const length = files.reduce((sum, { labels }) => sum + labels.length, 0);
  const place = (index: number): { file: RecordFile; record: number } => {
    let record = index;
    for (const file of files) {
      if (record >= 0 && record < file.labels.length) return { file, record };
      record -= file.labels.length;
    }
    throw new RangeError(`sample must be 0 to ${length - 1}. Received: ${index}`);
  };
  return {
    length,
    labels: Uint16Array.from(files.flatMap(({ labels }) => Array.from(labels))),
    path: (index) => {
      const { file, record } = place(index);
      return `${file.name}#${record}`;
    },
    image: async (index, resize) => {
      const { file, record } = place(index);
      return await resizeImage(await file.read(record), resize);
    },
  };
}

/**
 * Converts three color planes to RGB pixels.
 *
 * @param planes The red, the green and the blue plane of a square, one byte for each pixel.
 * @param side The side of the square in pixels.
 * @param order Whether a plane's bytes follow each other along its rows or, as in MATLAB, its columns.
 */
export function interleave(
  planes: Uint8Array,
  side: number,
  order: "rows" | "columns" = "rows",
): Image {
  const data = new Uint8Array(3 * side * side);
  const [rowStep, columnStep] = order === "rows" ? [side, 1] : [1, side];
  let target = 0;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const pixel = row * rowStep + column * columnStep;
      for (let channel = 0; channel < 3; channel++) {
        data[target++] = planes[channel * side * side + pixel] ?? 0;
      }
    }
  }
  return { width: side, height: side, data };
}
