import type { Normalization } from "../data/augment/normalize.ts";
import type { PreparedSplit } from "../data/pipeline/prepared_split.ts";
import type { tf } from "../engine/tf.ts";
import { Evaluator } from "../evaluation/evaluator.ts";
import { Posteriors } from "../evaluation/posteriors.ts";
import { largestOf } from "../runs/sparse.ts";
import type { NetDescription } from "../weights/net.ts";

/** How a net is measured. */
export interface Top1Options {
  readonly network: NetDescription["network"];
  readonly normalization: Normalization;
  readonly flip: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Measures the fraction of images whose class a net finds.
 *
 * @param model With logits; it is disposed of.
 */
export async function measureTop1(
  model: tf.LayersModel,
  images: PreparedSplit,
  { network, normalization, flip, signal }: Top1Options,
): Promise<number> {
  const evaluator = new Evaluator(model, network, { normalization, precision: "float32", flip });
  try {
    const posteriors = new Posteriors(Math.max(...images.samples) + 1, network.classes);
    const pass = { crops: "center", scale: network.inputSize, share: 1 } as const;
    await evaluator.predict(images, pass, posteriors, signal ? { signal } : {});
    const labels = new Map(
      Array.from(images.samples, (sample, at) => [sample, images.labels[at]!]),
    );
    const correct = [...posteriors.means()].filter(({ image, probabilities }) =>
      largestOf(probabilities) === labels.get(image)
    );
    return correct.length / images.length;
  } finally {
    evaluator.dispose();
  }
}
