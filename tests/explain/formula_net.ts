import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { gradCAM } from "../../lib/explain/grad_cam.ts";
import type { ClassGrid } from "../../lib/explain/grid.ts";
import { guidedBackpropagation } from "../../lib/explain/guided_backpropagation.ts";
import { guidedGradCAM } from "../../lib/explain/guided_grad_cam.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import type { VGGOptions } from "../../lib/vgg/options.ts";
import type { Net } from "../../lib/weights/net.ts";
import { assertNear } from "../engine/wasm/support.ts";
import { formulaImages, setFormulaWeights } from "../peers/formula.ts";
import { tinySet } from "../training/tiny_set.ts";
import golden from "./golden/torch_grad_cam.json" with { type: "json" };

/** A network and the class to explain in each image, in the form that tests/peers/torch_grad_cam.py reads. */
export interface Case {
  readonly network: VGGOptions & { inputSize: number; classes: number };
  readonly labels: readonly number[];
}

/** PyTorch's results for a case; of the gradients, only every `golden.every`-th value. */
export interface Explained {
  readonly gradCAM: readonly (readonly (readonly number[])[])[];
  readonly guided: readonly number[];
  readonly guidedGradCAM: readonly number[];
}

/** The committed cases. */
export const goldenCases = golden.cases as unknown as readonly (Case & Explained)[];

/** Calls `work` with a network and images made by a formula, disposes both, and asserts that nothing leaks. */
export async function withFormulaNet<T>(
  { network, labels }: Case,
  work: (model: tf.LayersModel, images: tf.Tensor4D) => Promise<T>,
): Promise<T> {
  const before = tf.memory().numTensors;
  const model = buildVGG({ ...network, dropout: 0 });
  setFormulaWeights(model);
  const images = formulaImages(labels.length, network.inputSize, 3);
  const result = await work(model, images).finally(() => {
    images.dispose();
    model.dispose();
  });
  assert.equal(tf.memory().numTensors, before);
  return result;
}

/** Asserts that the library agrees with PyTorch on a case, within 1e-4 of the largest value. */
export async function assertExplainsAs(tested: Case, expected: Explained): Promise<void> {
  await withFormulaNet(tested, async (model, images) => {
    const { labels } = tested;
    const heat = await gradCAM(model, images, { labels });
    assert.deepEqual(heat.map(({ label }) => label), labels);
    const compare = (
      grids: readonly ClassGrid[],
      every: number,
      reference: readonly number[],
    ): void => {
      const values = Float32Array.from(grids.flatMap(({ values }) => [...values]));
      const compared = values.filter((_, index) => index % every === 0);
      assertNear(compared, Float32Array.from(reference), 1e-4, tested.network.configuration ?? "");
    };
    compare(heat, 1, expected.gradCAM.flat(2));
    compare(await guidedBackpropagation(model, images, { labels }), golden.every, expected.guided);
    compare(await guidedGradCAM(model, images, { labels }), golden.every, expected.guidedGradCAM);
  });
}

/** A network with formula weights for images of 48 px in two classes. */
export function formulaNet(options: VGGOptions): Net {
  const network = { inputSize: 48, classes: 2, width: 1 / 8, dropout: 0, ...options };
  const model = buildVGG(network);
  setFormulaWeights(model);
  return {
    ...{ network, model, classes: tinySet.classes },
    fit: { mode: "stretch", size: 48 },
    normalization: { kind: "standardize", mean: [90, 60, 90], deviation: [60, 60, 60] },
  };
}
