import { normaliseBytes } from "../data/augment/mod.ts";
import type { Image } from "../data/dataset.ts";
import { tf } from "../engine/tf.ts";
import type { Net } from "../weights/net.ts";
import { chooseLabels, type Labels } from "./choose_labels.ts";
import { gradCAM } from "./grad_cam.ts";
import type { ClassGrid } from "./grid.ts";
import { guidedBackpropagation } from "./guided_backpropagation.ts";
import { multiplyGrids } from "./guided_grad_cam.ts";
import { classScoresOf, layersOf } from "./layers.ts";
import { occlusion } from "./occlusion.ts";

/** The ways of explaining a prediction. */
export const explanationKinds = [
  "grad-cam",
  "guided-backpropagation",
  "guided-grad-cam",
  "occlusion",
] as const;
export type ExplanationKind = typeof explanationKinds[number];

/** What {@linkcode explainImages} explains, and how. */
export interface ExplainOptions {
  /** Which classes. Default: those predicted. */
  readonly labels?: Labels;
  /** Default: `grad-cam` alone. */
  readonly kinds?: readonly ExplanationKind[];
  /** Whose maps Grad-CAM adds up. Default: block 5's last convolution. */
  readonly layer?: string;
  readonly signal?: AbortSignal;
}

/** An image's explanations, and of which class. */
export interface ExplainedImage {
  readonly label: number;
  /** A grid for each kind asked for. */
  readonly grids: ReadonlyMap<ExplanationKind, ClassGrid>;
}

/**
 * Explains what a net makes of images, in one way or several.
 *
 * @param images As the net is shown them: of its input's size. All are explained at once.
 * @throws {RangeError} For an image of another size, a layer without maps, or a class that there is
 *   not.
 * @throws The signal's reason when it aborts.
 *
 * @example
 * ```ts ignore
 * const net = await openNet("runs/mine");
 * const image = await decodeImage("bison.jpg", net.fit);
 * const [{ label, grids }] = await explainImages(net, [image]);
 * net.classes[label].name; // what it is taken for
 * grids.get("grad-cam"); // and where
 * ```
 */
export async function explainImages(
  { model, network: { inputSize }, normalisation }: Net,
  images: readonly Image[],
  { labels, kinds = ["grad-cam"], layer, signal }: ExplainOptions = {},
): Promise<ExplainedImage[]> {
  if (images.length === 0) return [];
  requireKinds(kinds);
  const inputs = toTensor(images, inputSize, normalisation);
  try {
    const scores = tf.tidy(() => classScoresOf(layersOf(model), inputs));
    const chosen = await chooseLabels(scores, labels).finally(() => scores.dispose());
    const about = { labels: chosen };
    const wants = (...some: ExplanationKind[]): boolean =>
      some.some((kind) => kinds.includes(kind));
    const heat = wants("grad-cam", "guided-grad-cam") &&
      await gradCAM(model, inputs, { ...about, ...(layer ? { layer } : {}) });
    const guided = wants("guided-backpropagation", "guided-grad-cam") &&
      await guidedBackpropagation(model, inputs, about);
    const falls = wants("occlusion") &&
      await occlusion(model, inputs, { ...about, ...(signal ? { signal } : {}) });
    const found: Record<ExplanationKind, readonly ClassGrid[] | false> = {
      "grad-cam": heat,
      "guided-backpropagation": guided,
      "guided-grad-cam": heat && guided && guided.map((grid, at) => multiplyGrids(grid, heat[at]!)),
      occlusion: falls,
    };
    return chosen.map((label, index) => ({
      label,
      grids: new Map(kinds.map((kind) => [kind, (found[kind] || [])[index]!])),
    }));
  } finally {
    inputs.dispose();
  }
}

function requireKinds(kinds: readonly ExplanationKind[]): void {
  const unknown = kinds.find((kind) => !explanationKinds.includes(kind));
  if (unknown === undefined) return;
  throw new RangeError(
    `an explanation is one of ${explanationKinds.join(", ")}. Received: ${unknown}`,
  );
}

function toTensor(
  images: readonly Image[],
  size: number,
  normalisation: Net["normalisation"],
): tf.Tensor4D {
  const length = size * size * 3;
  const floats = new Float32Array(images.length * length);
  images.forEach(({ width, height, data }, index) => {
    if (width !== size || height !== size) {
      throw new RangeError(
        `images must be as large as the net's input, ${size} × ${size}. ` +
          `Received: ${width} × ${height}`,
      );
    }
    normaliseBytes(data, floats.subarray(index * length, (index + 1) * length), normalisation);
  });
  return tf.tensor4d(floats, [images.length, size, size, 3]);
}
