import type { Image, Split } from "../../lib/data/dataset.ts";
import { copyMiddle } from "../../lib/data/images/copy_pixels.ts";
import { prepareImages } from "../../lib/data/pipeline/prepared_split.ts";
import { Evaluator } from "../../lib/evaluation/evaluator.ts";
import { Posteriors } from "../../lib/evaluation/posteriors.ts";
import { passesOf, resizeForPass, type TestedRun } from "../../lib/evaluation/test_time.ts";
import type { TestTime } from "../../lib/runs/schemas.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import type { VGGOptions } from "../../lib/vgg/options.ts";
import { formulaValues, setFormulaWeights } from "../peers/formula.ts";
import { exampleRecord } from "../runs/example_record.ts";
import golden from "./golden/torch_test_time.json" with { type: "json" };

/** A network and how it is tested, in the form that tests/peers/torch_test_time.py reads. */
export interface Case {
  readonly network: VGGOptions & { inputSize: number; classes: number };
  /** Whether images are stretched to squares; else they keep their shapes, which differ. */
  readonly squash: boolean;
  readonly scales: readonly number[];
  readonly flip: boolean;
}

/** The committed cases with PyTorch's posteriors of each image. */
export const goldenCases = golden.cases as readonly (
  & Case
  & { readonly posteriors: Readonly<Record<TestTime["crops"], readonly number[][]>> }
)[];

/** The images of torch_test_time.py. Each scale gives a different image, not a resized one. */
export const formulaSplit: Split = {
  length: golden.images,
  labels: Uint16Array.from({ length: golden.images }, (_, index) => index),
  path: (index) => `formula/${index}`,
  image: (index, { mode, size, shortestSide = size }) => {
    const [wider, higher] = mode === "stretch" ? [0, 0] : golden.extras[index]!;
    const scale = mode === "crop" ? shortestSide : size;
    const whole = imageOf(index, scale + wider!, scale + higher!);
    return Promise.resolve(mode === "crop" ? copyMiddle(whole, size) : whole);
  },
};

/** Patches of color with some noise. */
function imageOf(index: number, width: number, height: number): Image {
  const columns = Math.floor(width / 9) + 1;
  const patches = bytes((Math.floor(height / 9) + 1) * columns * 3, 5000 + index);
  const noise = bytes(height * width * 3, 6000 + index);
  const data = Uint8Array.from(noise, (value, at) => {
    const [pixel, channel] = [Math.floor(at / 3), at % 3];
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    const patch = (Math.floor(row / 9) * columns + Math.floor(column / 9)) * 3 + channel;
    return Math.floor((3 * patches[patch]! + value) / 4);
  });
  return { width, height, data };
}

function bytes(count: number, stream: number): Uint8Array {
  return Uint8Array.from(formulaValues(count, stream), (value) => Math.floor((value + 1) * 128));
}

/** The record of a run with this network. */
export function runOf({ network, squash }: Omit<Case, "scales" | "flip">): TestedRun {
  const size = network.inputSize;
  return {
    ...exampleRecord,
    name: "formula",
    data: {
      ...exampleRecord.data,
      fit: squash ? { mode: "stretch", size } : { mode: "crop", size, shortestSide: size + 8 },
      normalization: {
        kind: "standardize",
        mean: golden.mean as [number, number, number],
        deviation: golden.deviation as [number, number, number],
      },
    },
    model: { configuration: "A", ...network },
  };
}

/** Computes the posteriors of images by a network whose weights come from a formula. */
export async function testFormulaNet(
  tested: Omit<Case, "scales" | "flip">,
  testTime: TestTime,
  images: Split = formulaSplit,
): Promise<number[][]> {
  const run = runOf(tested);
  const network = { ...tested.network, dropout: 0, activation: "linear" } as const;
  const model = buildVGG(network);
  setFormulaWeights(model);
  const { normalization } = run.data;
  const evaluator = new Evaluator(model, network, {
    ...{ normalization, precision: "float32", flip: testTime.flip },
  });
  const into = new Posteriors(images.length, tested.network.classes);
  for (const pass of passesOf(testTime)) {
    const split = await prepareImages(images, resizeForPass(run, pass));
    await evaluator.predict(split, pass, into);
    await split.dispose();
  }
  evaluator.dispose();
  return Array.from(into.means(), ({ probabilities }) => probabilities);
}
