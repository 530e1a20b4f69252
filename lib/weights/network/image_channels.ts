import { WeightsError } from "../errors.ts";
import type { StoredArray } from "../weights_file.ts";

type Arrays = ReadonlyMap<string, StoredArray>;

const firstKernel = "block1_conv1/kernel";

/** The parts of red, green and blue in gray (ITU-R BT.601), as Pillow and TensorFlow compute it. */
const gray = [0.299, 0.587, 0.114];

/** What is said of a net that reads gray images. */
export const grayNote = `its one channel was taken for gray: ${gray[0]} red + ${gray[1]} green + ${
  gray[2]
} blue`;

/** Whether a net reads images of one channel. */
export function readsGray(arrays: Arrays): boolean {
  return arrays.get(firstKernel)?.shape[2] === 1;
}

/**
 * Converts a net that reads gray images to one that reads RGB images and computes gray in its first layer.
 * The result is the same, as both are linear.
 *
 * @throws {WeightsError} If the net reads images of another number of channels than 1 or 3.
 */
export function readingColors(path: string, arrays: Arrays): Arrays {
  const channels = arrays.get(firstKernel)?.shape[2] ?? 3;
  if (channels === 3) return arrays;
  if (channels !== 1) {
    throw new WeightsError(
      `${path} reads images of ${channels} channels; images here have 3, red, green and blue, or 1, gray`,
    );
  }
  return withFirstKernel(
    arrays,
    (values, channel, filters, position) =>
      values.subarray(position * filters, (position + 1) * filters).map((value) =>
        gray[channel]! * value
      ),
  );
}

/** Converts a net that reads BGR to RGB by reversing the input channels of its first kernel. */
export function bgrToRgb(arrays: Arrays): Arrays {
  return withFirstKernel(arrays, (values, channel, filters, position) => {
    const from = (3 * position + 2 - channel) * filters;
    return values.subarray(from, from + filters);
  });
}

/**
 * Replaces the first kernel, `[height, width, in, out]`, by one of three input channels.
 *
 * @param weightsOf Returns the weights of all filters for an input channel at a position.
 */
function withFirstKernel(
  arrays: Arrays,
  weightsOf: (
    values: Float32Array,
    channel: number,
    filters: number,
    position: number,
  ) => Float32Array,
): Arrays {
  const { shape: [height = 0, width = 0, , filters = 0], read } = arrays.get(firstKernel)!;
  const channels = 3;
  const shape = [height, width, channels, filters];
  return new Map([...arrays, [firstKernel, {
    shape,
    read: async () => {
      const values = await read();
      const result = new Float32Array(height * width * channels * filters);
      for (let at = 0; at < height * width * channels; at++) {
        const [position, channel] = [Math.floor(at / channels), at % channels];
        result.set(weightsOf(values, channel, filters, position), at * filters);
      }
      return result;
    },
  }]]);
}
