import type { Layout } from "plotly.js";
import type { ClassLabel } from "../../data/dataset.ts";
import { OptionError } from "../../errors.ts";
import type { Mistake } from "../../runs/schemas.ts";
import type { Figure } from "../figure.ts";
import {
  colors,
  edge,
  type Heading,
  hiddenAxis,
  houseLayout,
  note,
  sizes,
} from "../plotly/style.ts";
import { formatPercent } from "../plotly/text.ts";
import { makeFigure } from "../render/figure_bundle.ts";
import { classCaption } from "./class_captions.ts";
import { galleryFigure, type Tile } from "./gallery.ts";

/** A wrong prediction with its image. */
export interface ShownMistake {
  /** The prediction. */
  readonly mistake: Mistake;
  /** A PNG or JPEG file as a `data:` URL. */
  readonly image: string;
  /** The width of the image in pixels. */
  readonly width: number;
  /** The height of the image in pixels. */
  readonly height: number;
}

/** The maximum number of images; further ones are left out. */
const maxShown = 24;

/**
 * Draws a gallery of misclassified images, each with its correct label, its predicted label and the
 * probability of the prediction. It shows the first 24; without mistakes the figure says so.
 *
 * @param classes The classes to which `mistake.actual` and `mistake.predicted` refer.
 * @throws {OptionError} If a mistake has a class that is not among the classes.
 *
 * @example
 * ```ts
 * import { misclassifiedFigure } from "vgg";
 *
 * const classes = [{ id: "n02493509", name: "titi" }, { id: "n02483708", name: "siamang" }];
 * const mistake = { id: "1.png", actual: 0, predicted: 1, probabilities: [0.1, 0.9], file: "01.png" };
 * const image = "data:image/png;base64,…";
 * misclassifiedFigure([{ mistake, image, width: 213, height: 160 }], classes).name; // misclassified
 * ```
 */
export function misclassifiedFigure(
  mistakes: readonly ShownMistake[],
  classes: readonly ClassLabel[],
  heading: Partial<Heading> = {},
): Figure {
  const shown = mistakes.slice(0, maxShown);
  const { title = "Misclassified images", subtitle } = heading;
  const fullHeading = { title, subtitle };
  if (shown.length === 0) {
    return makeFigure({ name: "misclassified", data: [], layout: noMistakes(fullHeading) });
  }
  return galleryFigure(shown.map((mistake) => mistakeTile(mistake, classes)), {
    ...fullHeading,
    name: "misclassified",
  });
}

/**
 * Makes a gallery tile of a misclassified image.
 *
 * @throws {OptionError} If its class is not among the classes.
 */
export function mistakeTile(
  { mistake, ...image }: ShownMistake,
  classes: readonly ClassLabel[],
): Tile {
  const probability = mistake.probabilities[mistake.predicted];
  return {
    ...image,
    captions: [
      {
        label: "Correct: ",
        ...captionOf(mistake.actual, classes),
        color: colors.correct,
      },
      {
        label: "Predicted: ",
        ...captionOf(mistake.predicted, classes),
        end: probability === undefined ? "" : ` (${formatPercent(probability, 0)})`,
        color: colors.wrong,
      },
    ],
  };
}

function captionOf(
  index: number,
  classes: readonly ClassLabel[],
): ReturnType<typeof classCaption> {
  if (classes[index]) return classCaption(index, classes);
  throw new OptionError(
    `a mistake's class is an index from 0 to ${classes.length - 1}. Received: ${index}`,
  );
}

function noMistakes(heading: Heading): Partial<Layout> {
  const layout = houseLayout(heading, {
    plot: { width: 560, height: 150 },
    margin: { left: edge, right: edge, top: 28, bottom: edge },
  });
  return {
    ...layout,
    xaxis: hiddenAxis([0, 1]),
    yaxis: hiddenAxis([0, 1]),
    plot_bgcolor: colors.panel,
    annotations: [
      note("<b>No mistakes</b>", { size: 17, color: colors.correct, x: 0.5, y: 0.6 }),
      note("Every image was classified correctly.", { size: sizes.label, x: 0.5, y: 0.36 }),
    ],
  };
}
