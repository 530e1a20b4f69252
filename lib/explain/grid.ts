import type { tf } from "../engine/tf.ts";

/** Numbers over an image: `height × width × channels` of them, row by row from the top. */
export interface Grid {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly values: Float32Array;
}

/** A grid that says where in an image a class is seen. */
export interface ClassGrid extends Grid {
  /** The class's index. */
  readonly label: number;
}

/** Reads a tensor `[images, height, width, channels]` as a grid an image; the tensor stays. */
export async function readGrids(tensor: tf.Tensor4D): Promise<Grid[]> {
  const [images, height, width, channels] = tensor.shape;
  const values = await tensor.data<"float32">();
  const size = height * width * channels;
  return Array.from({ length: images }, (_, index) => ({
    ...{ width, height, channels },
    values: values.slice(index * size, (index + 1) * size),
  }));
}
