import assert from "node:assert/strict";
import type { ClassGrid } from "../../lib/explain/grid.ts";
import { gradCAM } from "../../lib/explain/grad_cam.ts";
import { guidedBackpropagation } from "../../lib/explain/guided_backpropagation.ts";
import { guidedGradCAM } from "../../lib/explain/guided_grad_cam.ts";
import { tf } from "../../lib/engine/tf.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import type { VGGOptions } from "../../lib/vgg/options.ts";
import type { Net } from "../../lib/weights/net.ts";
import { assertNear } from "../engine/wasm/support.ts";
import { formulaImages, setFormulaWeights } from "../peers/formula.ts";
import { tinySet } from "../training/tiny_set.ts";
import golden from "./golden/torch_grad_cam.json" with { type: "json" };

/** A net and the class to explain in each image, as tests/peers/torch_grad_cam.py takes them. */
export interface Case {
  readonly network: VGGOptions & { inputSize: number; classes: number };
  readonly labels: readonly number[];
}

/** What PyTorch makes of a case; of the gradients it keeps one number in `golden.every`. */
export interface Explained {
  readonly gradCAM: readonly (readonly (readonly number[])[])[];
  readonly guided: readonly number[];
  readonly guidedGradCAM: readonly number[];
}

/** The committed cases. */
export const goldenCases = golden.cases as unknown as readonly (Case & Explained)[];

/** A net with the formula's weights and its images; both are disposed of after the work. */
export async function withFormulaNet<T>(
  { network, labels }: Case,
  work: (model: tf.LayersModel, images: tf.Tensor4D) => Promise<T>,
): Promise<T> {
  const before = tf.memory().numTensors;
  const model = buildVGG({ ...network, dropout: 0 });
  setFormulaWeights(model);
  const images = formulaImages(labels.length, network.inputSize, 3);
  const made = await work(model, images).finally(() => {
    images.dispose();
    model.dispose();
  });
  assert.equal(tf.memory().numTensors, before);
  return made;
}

/** Asserts that the library explains a case as PyTorch does, within 1e-4 of the largest number. */
export async function assertExplainsAs(tested: Case, expected: Explained): Promise<void> {
  await withFormulaNet(tested, async (model, images) => {
    const { labels } = tested;
    const heat = await gradCAM(model, images, { labels });
    assert.deepEqual(heat.map(({ label }) => label), labels);
    const close = (grids: readonly ClassGrid[], every: number, wanted: readonly number[]): void => {
      const values = Float32Array.from(grids.flatMap(({ values }) => [...values]));
      const kept = values.filter((_, index) => index % every === 0);
      assertNear(kept, Float32Array.from(wanted), 1e-4, tested.network.configuration ?? "");
    };
    close(heat, 1, expected.gradCAM.flat(2));
    close(await guidedBackpropagation(model, images, { labels }), golden.every, expected.guided);
    close(await guidedGradCAM(model, images, { labels }), golden.every, expected.guidedGradCAM);
  });
}

/** A net with the formula's weights that looks at images of 48 px in two classes. */
export function formulaNet(options: VGGOptions): Net {
  const network = { inputSize: 48, classes: 2, width: 1 / 8, dropout: 0, ...options };
  const model = buildVGG(network);
  setFormulaWeights(model);
  return {
    ...{ network, model, classes: tinySet.classes },
    fit: { mode: "stretch", size: 48 },
    normalisation: { kind: "standardise", mean: [90, 60, 90], deviation: [60, 60, 60] },
  };
}
