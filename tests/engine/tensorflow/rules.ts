import type { FilterShape } from "../../../lib/engine/tensorflow/kernels/winograd/winograd.ts";
import type { tf } from "../../../lib/engine/tf.ts";

const avx2 = ["avx2", "fma"];
const avx512 = [...avx2, "avx512f", "avx512_bf16"];

/** The features of CPUs that the rules for kernels tell apart. */
export const cpus = { avx2, avx512, amx: [...avx512, "amx_bf16"] };

/** The shapes of a convolution's images and filter, both square. */
export function shapesOf(
  [batch, size, channels]: readonly [number, number, number],
  filters = channels,
  filterSize = 3,
): [tf.Tensor4D["shape"], FilterShape] {
  return [[batch, size, size, channels], [filterSize, filterSize, channels, filters]];
}
