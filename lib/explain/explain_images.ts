import type { ClassLabel, Image } from "../data/dataset.ts";
import { tf } from "../engine/tf.ts";
import { OptionError } from "../errors.ts";
import type { Net } from "../weights/net.ts";
import { chooseLabels, type Labels } from "./choose_labels.ts";
import { gradCAM } from "./grad_cam.ts";
import type { ClassGrid } from "./grid.ts";
import { guidedBackpropagation } from "./guided_backpropagation.ts";
import { multiplyGrids } from "./guided_grad_cam.ts";
import { classScoresOf, layersOf } from "./layers.ts";
import { networkInput } from "./network_input.ts";
import { occlusion } from "./occlusion.ts";

/** The methods that explain a prediction. */
export const explanationKinds = [
  "grad-cam",
  "guided-backpropagation",
  "guided-grad-cam",
  "occlusion",
] as const;
/** A method that explains a prediction. */
export type ExplanationKind = typeof explanationKinds[number];

/** How {@linkcode explainImages} works. */
export interface ExplainOptions {
  /** The classes to explain. Default: the predicted ones. */
  readonly labels?: Labels;
  /** Default: `grad-cam` alone. */
  readonly kinds?: readonly ExplanationKind[];
  /** The layer for Grad-CAM. Default: the last convolution of block 5. */
  readonly layer?: string;
  /** Stops `occlusion`, which takes much longer than the other methods. */
  readonly signal?: AbortSignal;
}

/** The explanations of one image. */
export interface ExplainedImage {
  /** The index of the explained class. */
  readonly label: number;
  /** The network's classes. */
  readonly classes: readonly ClassLabel[];
  /** A grid for each of the requested kinds. */
  readonly grids: ReadonlyMap<ExplanationKind, ClassGrid>;
}

/**
 * Explains a network's predictions for images with one or several methods.
 *
 * @param images Images of the network's input size. All are explained in one batch.
 * @throws {OptionError} If an image has another size, `layer` has no feature maps, or a label is not a
 *   class index.
 * @throws The signal's reason when it aborts.
 *
 * @example
 * ```ts ignore
 * import { decodeImage } from "vgg/data";
 * import { explainImages } from "vgg/explain";
 * import { openNet } from "vgg/weights";
 *
 * const net = await openNet("runs/mine");
 * const image = await decodeImage("bison.jpg", net.fit);
 * const [explained] = await explainImages(net, [image]);
 * net.classes[explained!.label]?.name; // the predicted class
 * explained!.grids.get("grad-cam"); // where the network sees it
 * ```
 */
export async function explainImages(
  net: Net,
  images: readonly Image[],
  { labels, kinds = ["grad-cam"], layer, signal }: ExplainOptions = {},
): Promise<ExplainedImage[]> {
  if (images.length === 0) return [];
  requireKinds(kinds);
  const { model, classes } = net;
  const inputs = networkInput(net, images);
  try {
    const scores = tf.tidy(() => classScoresOf(layersOf(model), inputs));
    const chosen = await chooseLabels(scores, labels).finally(() => scores.dispose());
    const needs = (...some: ExplanationKind[]): boolean =>
      some.some((kind) => kinds.includes(kind));
    const heat = needs("grad-cam", "guided-grad-cam") &&
      await gradCAM(model, inputs, { labels: chosen, ...(layer ? { layer } : {}) });
    const guided = needs("guided-backpropagation", "guided-grad-cam") &&
      await guidedBackpropagation(model, inputs, { labels: chosen });
    const occluded = needs("occlusion") &&
      await occlusion(model, inputs, { labels: chosen, ...(signal ? { signal } : {}) });
    const gridsOf: Record<ExplanationKind, readonly ClassGrid[] | false> = {
      "grad-cam": heat,
      "guided-backpropagation": guided,
      "guided-grad-cam": heat && guided && guided.map((grid, at) => multiplyGrids(grid, heat[at]!)),
      occlusion: occluded,
    };
    return chosen.map((label, index) => ({
      label,
      classes,
      grids: new Map(kinds.map((kind) => [kind, (gridsOf[kind] || [])[index]!])),
    }));
  } finally {
    inputs.dispose();
  }
}

function requireKinds(kinds: readonly ExplanationKind[]): void {
  const unknown = kinds.find((kind) => !explanationKinds.includes(kind));
  if (unknown === undefined) return;
  throw new OptionError(
    `an explanation is one of ${explanationKinds.join(", ")}. Received: ${unknown}`,
  );
}
