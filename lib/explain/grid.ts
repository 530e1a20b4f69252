import type { tf } from "../engine/tf.ts";

/** Values over an image. */
export interface Grid {
  /** Cells per row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Values per cell. */
  readonly channels: number;
  /** `[height, width, channels]`, row by row from the top. */
  readonly values: Float32Array;
}

/** A grid of how much each place of an image contributes to a class. */
export interface ClassGrid extends Grid {
  /** The class index. */
  readonly label: number;
}

/** Reads a tensor `[images, height, width, channels]` as one grid per image; does not dispose it. */
export async function readGrids(tensor: tf.Tensor4D): Promise<Grid[]> {
  const [images, height, width, channels] = tensor.shape;
  const values = await tensor.data<"float32">();
  const size = height * width * channels;
  return Array.from({ length: images }, (_, index) => ({
    ...{ width, height, channels },
    values: values.slice(index * size, (index + 1) * size),
  }));
}
