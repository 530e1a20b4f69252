import type { Annotations, Data } from "plotly.js";
import { labelClasses, shortenApart } from "../../display/label_classes.ts";
import { type ConfusedPair, mostConfused } from "../../evaluation/metrics/summarize.ts";
import type { Evaluation } from "../../runs/schemas.ts";
import type { Figure } from "../figure.ts";
import {
  colors,
  edge,
  type FigureOptions,
  hiddenAxis,
  houseLayout,
  note,
  sizes,
} from "../plotly/style.ts";
import { grouped, plain, textWidth } from "../plotly/text.ts";
import { makeFigure } from "../render/figure_bundle.ts";

/** The maximum number of pairs; further pairs are left out. */
const maxPairs = 12;
/** The height of a row in pixels. */
const step = 36;
/** Dimensions in pixels: the width of the bars, the maximum width of a name. */
const wide = { bars: 420, name: 190 } as const, phone = { bars: 134, name: 88 } as const;

/** A pair of classes; `counts[0]` is the number of images of the left one predicted as the right one. */
interface Pair extends Pick<ConfusedPair, "classes"> {
  /** Shortened where they are long. */
  readonly names: readonly [left: string, right: string];
  readonly fullNames: readonly [left: string, right: string];
  readonly counts: readonly [number, number];
}

/**
 * Draws the pairs of classes with the most mistakes between them, at most 12. The bar to the left
 * counts images of the left class predicted as the right one, the bar to the right the reverse.
 * Without mistakes the figure says so.
 *
 * @example
 * ```ts
 * import { confusedPairsFigure } from "vgg/figures";
 *
 * const classes = [{ id: "n02493509", name: "titi" }, { id: "n02483708", name: "siamang" }];
 * confusedPairsFigure({ confusion: [[8, 2], [1, 9]], classes, images: 20 }).name; // confused_pairs
 * ```
 */
export function confusedPairsFigure(
  { confusion, classes, images }: Pick<Evaluation, "confusion" | "classes" | "images">,
  { title = "Most confused pairs", subtitle, narrow = false }: FigureOptions = {},
): Figure {
  const size = narrow ? phone : wide;
  const pairs = mostConfused(confusion).slice(0, maxPairs).map(namer(classes, size.name));
  const facts =
    `${grouped(images)} images; each bar counts images of the class beside it predicted as the ` +
    "other";
  const namesWidth = Math.max(80, ...pairs.flatMap(({ names }) => names).map(widthOf)) + 12;
  const layout = houseLayout({
    title,
    subtitle: [subtitle, facts].filter(Boolean).join(" · "),
  }, {
    plot: { width: size.bars, height: step * Math.max(2, pairs.length) },
    margin: { left: edge + namesWidth, right: edge + namesWidth, top: 26, bottom: edge },
  });
  const reach = Math.max(1, ...pairs.flatMap(({ counts }) => counts)) *
    spaceForNumbers(pairs, size.bars);
  return makeFigure({
    name: "confused_pairs",
    data: [drawBars(pairs, 0), drawBars(pairs, 1)],
    layout: {
      ...layout,
      bargap: 0.4,
      barmode: "overlay",
      xaxis: hiddenAxis([-reach, reach]),
      yaxis: hiddenAxis([Math.max(2, pairs.length) - 0.5, -0.5]),
      annotations: pairs.length === 0
        ? [note("<b>No mistakes</b>", { size: 17, color: colors.correct, x: 0, y: 0.5 })]
        : pairs.flatMap(nameBoth),
    },
  });
}

/** Returns a function that names the classes of a pair. */
function namer(
  classes: Evaluation["classes"],
  maxWidth: number,
): (pair: ConfusedPair) => Pair {
  const full = labelClasses(classes).map(({ name }) => name);
  const short = shortenApart(full, (text) => widthOf(text) <= maxWidth);
  return ({ classes: pair, counts }) => {
    const [left, right] = pair;
    return {
      names: [short[left] ?? String(left), short[right] ?? String(right)],
      fullNames: [full[left] ?? String(left), full[right] ?? String(right)],
      ...{ classes: pair, counts },
    };
  };
}

/** How much longer the axis is than the longest bar, so that the numbers at the bars' ends fit. */
function spaceForNumbers(pairs: readonly Pair[], bars: number): number {
  const counts = pairs.flatMap((pair) => pair.counts);
  const number = Math.max(0, ...counts.map((count) => textWidth(grouped(count), sizes.small)));
  return Math.max(1.12, bars / 2 / (bars / 2 - number - 6));
}

function widthOf(name: string): number {
  return textWidth(name, sizes.label);
}

function drawBars(pairs: readonly Pair[], side: 0 | 1): Partial<Data> {
  const counts = pairs.map((pair) => pair.counts[side]);
  return {
    type: "bar",
    orientation: "h",
    x: counts.map((count) => side === 0 ? -count : count),
    y: [...pairs.keys()],
    marker: { color: side === 0 ? colors.correct : colors.highlight },
    text: counts.map((count) => count === 0 ? "" : grouped(count)),
    textposition: "outside",
    textfont: { size: sizes.small, color: colors.ink },
    cliponaxis: false,
    hovertext: pairs.map(({ fullNames }) =>
      `${plain(fullNames[side])} predicted as ${plain(fullNames[1 - side as 0 | 1])}`
    ),
    hovertemplate: "%{hovertext}: %{text}<extra></extra>",
    // The actual and the predicted class of the images that a bar counts.
    customdata: pairs.map(({ classes: [left, right] }) =>
      side === 0 ? [left, right] : [right, left]
    ),
  };
}

function nameBoth({ names }: Pair, row: number): Partial<Annotations>[] {
  const common = {
    xref: "paper",
    yref: "y",
    y: row,
    size: sizes.label,
    color: colors.ink,
  } as const;
  return [
    note(plain(names[0]), { ...common, x: 0, xanchor: "right", xshift: -12 }),
    note(plain(names[1]), { ...common, x: 1, xanchor: "left", xshift: 12 }),
  ];
}
