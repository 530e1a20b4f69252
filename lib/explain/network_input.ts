import { normalizeBytes } from "../data/augment/mod.ts";
import type { Image } from "../data/dataset.ts";
import { tf } from "../engine/tf.ts";
import { OptionError } from "../errors.ts";
import type { Net } from "../weights/net.ts";

/**
 * Converts images to the input of a network: normalized, `[images, height, width, 3]`. The caller disposes of
 * it.
 *
 * @throws {OptionError} If an image does not have the network's input size.
 *
 * @example
 * ```ts ignore
 * import { decodeImage } from "vgg/data";
 * import { featureMaps, networkInput } from "vgg/explain";
 * import { openNet } from "vgg/weights";
 *
 * const net = await openNet("runs/mine");
 * const input = networkInput(net, [await decodeImage("bison.jpg", net.fit)]);
 * const [maps] = await featureMaps(net.model, input, "block3_conv1");
 * ```
 */
export function networkInput(
  { network: { inputSize: size }, normalization }: Pick<Net, "network" | "normalization">,
  images: readonly Image[],
): tf.Tensor4D {
  const length = size * size * 3;
  const floats = new Float32Array(images.length * length);
  images.forEach(({ width, height, data }, index) => {
    if (width !== size || height !== size) {
      throw new OptionError(
        `images must have the network's input size, ${size} × ${size}. ` +
          `Received: ${width} × ${height}`,
      );
    }
    normalizeBytes(data, floats.subarray(index * length, (index + 1) * length), normalization);
  });
  return tf.tensor4d(floats, [images.length, size, size, 3]);
}
