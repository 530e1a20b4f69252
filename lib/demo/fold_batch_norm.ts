import type { tf } from "../engine/tf.ts";
import { OptionError } from "../errors.ts";
import type { VGGOptions } from "../vgg/options.ts";
import { planVGG } from "../vgg/plan.ts";
import { resolveVGGOptions } from "../vgg/options.ts";
import { namedWeights } from "../weights/weights.ts";
import type { StoredArray } from "../weights/weights_file.ts";

/** A network and its weights by their names. */
export interface PlainNetwork<Network extends VGGOptions> {
  readonly network: Network;
  readonly arrays: ReadonlyMap<string, StoredArray>;
}

/**
 * Writes a network without batch normalization that computes the same: its convolutions have the factors
 * and the offsets in their weights; a pooling between the two does not matter if factors are positive. Arrays are read when they are needed, one at a time.
 *
 * Reading them throws an {@linkcode OptionError} for a net with such a pooling and a negative factor.
 *
 * @param model Built from `network`; it must live until the arrays are read.
 */
export function foldBatchNorm<Network extends VGGOptions>(
  model: tf.LayersModel,
  network: Network,
): PlainNetwork<Network> {
  const plain = { ...network, batchNorm: false, convBias: true };
  const { batchNorm, batchNormEpsilon } = resolveVGGOptions(network);
  const weights = namedWeights(model);
  const read = async (name: string): Promise<Float32Array<ArrayBuffer>> =>
    new Float32Array(await weights.get(name)!.read().data<"float32">());
  const arrays = new Map<string, StoredArray>();
  for (const { name, kind } of planVGG(resolveVGGOptions(plain))) {
    if (kind !== "convolution" && kind !== "dense" && kind !== "whitening") continue;
    const shape = weights.get(`${name}/kernel`)!.shape as number[];
    const outputs = shape.at(-1)!;
    const hasBias = weights.has(`${name}/bias`);
    const bias = async (): Promise<Float32Array<ArrayBuffer>> =>
      hasBias ? await read(`${name}/bias`) : new Float32Array(outputs);
    const normalized = kind === "convolution" && batchNorm;
    const factors = async (): Promise<Float32Array> => {
      const gamma = await read(`${name}_bn/gamma`),
        variance = await read(`${name}_bn/moving_variance`);
      if (network.configuration === "S" && gamma.some((value) => value < 0)) {
        throw new OptionError(
          `the factors of batch normalization after a pooling must not be negative to be part of the ` +
            `convolution before it. Received: a negative one in ${name}_bn`,
        );
      }
      return gamma.map((value, at) => value / Math.sqrt(variance[at]! + batchNormEpsilon));
    };
    arrays.set(`${name}/kernel`, {
      shape,
      read: async () => {
        const values = await read(`${name}/kernel`);
        if (!normalized) return values;
        const scale = await factors();
        return values.map((value, at) => value * scale[at % outputs]!);
      },
    });
    arrays.set(`${name}/bias`, {
      shape: [outputs],
      read: async () => {
        if (!normalized) return await bias();
        const [scale, own] = [await factors(), await bias()];
        const mean = await read(`${name}_bn/moving_mean`), beta = await read(`${name}_bn/beta`);
        return beta.map((value, at) => value + (own[at]! - mean[at]!) * scale[at]!);
      },
    });
  }
  return { network: plain, arrays };
}
