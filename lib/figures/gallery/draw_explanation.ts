import type { Image } from "../../data/dataset.ts";
import type { ExplainedImage, ExplanationKind } from "../../explain/explain_images.ts";
import type { Grid } from "../../explain/grid.ts";
import { resizeGrid } from "../../explain/resize_grid.ts";
import type { Caption } from "./gallery.ts";
import { classCaption } from "./class_captions.ts";
import { drawGrid, maxMagnitude, maxValue, overlayHeat, scaleEnd } from "./heat.ts";

/** A bar of colors, and the texts at its ends. */
export interface ColorScale {
  /** The colors from left to right. */
  readonly bar: Image;
  /** What the color at the left stands for. */
  readonly low: string;
  /** What the color at the right stands for. */
  readonly high: string;
}

/** An explanation as it is shown everywhere: in notebooks, in the report and in files. */
export interface DrawnExplanation {
  /** The explanation in the size of the image: over it, or gradients as colors. */
  readonly image: Image;
  /** The name of the method. */
  readonly method: string;
  /** The explained class. */
  readonly className: Pick<Caption, "text" | "among">;
  /** What the colors mean. */
  readonly scale: ColorScale;
}

/** The names of the methods. */
const methods: Readonly<Record<ExplanationKind, string>> = {
  "grad-cam": "Grad-CAM",
  "guided-backpropagation": "Guided backpropagation",
  "guided-grad-cam": "Guided Grad-CAM",
  occlusion: "Occlusion",
};

/** The size of a bar in pixels, and the gray on which it is drawn. */
const bar = { width: 128, height: 8, gray: 205 } as const;

/**
 * Draws an explanation of an image, with the name of the class and the scale of the colors. Grad-CAM and
 * occlusion are drawn over the image, see {@linkcode overlayHeat}; gradients of pixels as colors around gray,
 * see {@linkcode drawGrid}.
 *
 * @param image The image in any size; the explanation is resized to it.
 * @param kind One of the kinds that `explained` has.
 */
export function drawExplanation(
  image: Image,
  { label, classes, grids }: ExplainedImage,
  kind: ExplanationKind,
): DrawnExplanation {
  const grid = grids.get(kind)!;
  const named = { method: methods[kind], className: classCaption(label, classes) };
  if (grid.channels > 1) {
    const end = shortNumber(scaleEnd(grid));
    return {
      ...named,
      image: drawGrid(resizeGrid(grid, image.width, image.height)),
      scale: { bar: drawGrid(ramp(-1, 3)), low: minus(end), high: end },
    };
  }
  const diverging = kind === "occlusion";
  const end = shortNumber((diverging ? maxMagnitude : maxValue)(grid.values));
  const gray = { ...bar, data: new Uint8Array(bar.width * bar.height * 3).fill(bar.gray) };
  return {
    ...named,
    image: overlayHeat(image, grid, { diverging }),
    scale: {
      bar: overlayHeat(gray, ramp(diverging ? -1 : 0, 1), { diverging }),
      low: diverging ? `against: ${minus(end)}` : "0",
      high: diverging ? `for: ${end}` : end,
    },
  };
}

/** A grid in a bar's size whose values go from `from` at the left to 1 at the right. */
function ramp(from: number, channels: number): Grid {
  const { width, height } = bar;
  const values = Float32Array.from({ length: width * height * channels }, (_, at) => {
    const column = Math.floor(at / channels) % width;
    return from + (1 - from) * column / (width - 1);
  });
  return { width, height, channels, values };
}

/** Formats a number with two significant digits. */
function shortNumber(value: number): string {
  return String(Number(value.toPrecision(2)));
}

function minus(text: string): string {
  return text === "0" ? text : `\u2212${text}`;
}
