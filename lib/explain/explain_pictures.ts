import { normaliseBytes } from "../data/augment/mod.ts";
import type { Picture } from "../data/dataset.ts";
import { tf } from "../engine/tf.ts";
import { OptionError } from "../errors.ts";
import type { Net } from "../weights/net.ts";
import { chooseLabels, type Labels } from "./choose_labels.ts";
import { gradCAM } from "./grad_cam.ts";
import type { ClassGrid } from "./grid.ts";
import { guidedBackpropagation } from "./guided_backpropagation.ts";
import { multiply } from "./guided_grad_cam.ts";
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

/** What {@linkcode explainPictures} explains, and how. */
export interface ExplainOptions {
  /** Which classes. Default: those predicted. */
  readonly labels?: Labels;
  /** Default: `grad-cam` alone. */
  readonly kinds?: readonly ExplanationKind[];
  /** Whose maps Grad-CAM adds up. Default: block 5's last convolution. */
  readonly layer?: string;
  readonly signal?: AbortSignal;
}

/** A picture's explanations, and of which class. */
export interface ExplainedPicture {
  readonly label: number;
  /** A grid for each kind asked for. */
  readonly grids: ReadonlyMap<ExplanationKind, ClassGrid>;
}

/**
 * Explains what a net makes of pictures, in one way or several.
 *
 * @param pictures As the net is shown them: of its input's size. All are explained at once.
 * @throws {OptionError} For a picture of another size, a layer without maps, or a class that there is
 *   not.
 * @throws The signal's reason when it aborts.
 *
 * @example
 * ```ts ignore
 * const net = await openNet("runs/mine");
 * const picture = await decodePicture("bison.jpg", net.fit);
 * const [{ label, grids }] = await explainPictures(net, [picture]);
 * net.classes[label].name; // what it is taken for
 * grids.get("grad-cam"); // and where
 * ```
 */
export async function explainPictures(
  { model, network: { inputSize }, normalisation }: Net,
  pictures: readonly Picture[],
  { labels, kinds = ["grad-cam"], layer, signal }: ExplainOptions = {},
): Promise<ExplainedPicture[]> {
  if (pictures.length === 0) return [];
  requireKinds(kinds);
  const images = toImages(pictures, inputSize, normalisation);
  try {
    const scores = tf.tidy(() => classScoresOf(layersOf(model), images));
    const chosen = await chooseLabels(scores, labels).finally(() => scores.dispose());
    const about = { labels: chosen };
    const wants = (...some: ExplanationKind[]): boolean =>
      some.some((kind) => kinds.includes(kind));
    const heat = wants("grad-cam", "guided-grad-cam") &&
      await gradCAM(model, images, { ...about, ...(layer ? { layer } : {}) });
    const guided = wants("guided-backpropagation", "guided-grad-cam") &&
      await guidedBackpropagation(model, images, about);
    const falls = wants("occlusion") &&
      await occlusion(model, images, { ...about, ...(signal ? { signal } : {}) });
    const found: Record<ExplanationKind, readonly ClassGrid[] | false> = {
      "grad-cam": heat,
      "guided-backpropagation": guided,
      "guided-grad-cam": heat && guided && guided.map((grid, at) => multiply(grid, heat[at]!)),
      occlusion: falls,
    };
    return chosen.map((label, index) => ({
      label,
      grids: new Map(kinds.map((kind) => [kind, (found[kind] || [])[index]!])),
    }));
  } finally {
    images.dispose();
  }
}

function requireKinds(kinds: readonly ExplanationKind[]): void {
  const unknown = kinds.find((kind) => !explanationKinds.includes(kind));
  if (unknown === undefined) return;
  throw new OptionError(
    `an explanation is one of ${explanationKinds.join(", ")}. Received: ${unknown}`,
  );
}

function toImages(
  pictures: readonly Picture[],
  size: number,
  normalisation: Net["normalisation"],
): tf.Tensor4D {
  const length = size * size * 3;
  const floats = new Float32Array(pictures.length * length);
  pictures.forEach(({ width, height, data }, index) => {
    if (width !== size || height !== size) {
      throw new OptionError(
        `pictures must be as large as the net's input, ${size} × ${size}. ` +
          `Received: ${width} × ${height}`,
      );
    }
    normaliseBytes(data, floats.subarray(index * length, (index + 1) * length), normalisation);
  });
  return tf.tensor4d(floats, [pictures.length, size, size, 3]);
}
