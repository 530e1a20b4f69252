import type { Annotations, Data } from "plotly.js";
import { labelClasses, shortenApart } from "../../display/label_classes.ts";
import { mostConfused } from "../../evaluation/metrics/summarize.ts";
import type { Evaluation } from "../../runs/schemas.ts";
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
import { grouped, plain, textWidth } from "../plotly/text.ts";
import { makeFigure } from "../render/figure_bundle.ts";

/** The maximum number of pairs; further pairs are left out. */
const maxPairs = 12;
/** Dimensions in pixels: the height of a row, the width of the bars, the maximum width of a name. */
const step = 36, barsWidth = 420, maxNameWidth = 190;

/** A pair of classes; `counts[0]` is the number of images of the left one predicted as the right one. */
interface Pair {
  readonly names: readonly [left: string, right: string];
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
  { title = "Most confused pairs", subtitle }: Partial<Heading> = {},
): Figure {
  const names = shortenApart(
    labelClasses(classes).map(({ name }) => name),
    (text) => widthOf(text) <= maxNameWidth,
  );
  const nameOf = (index: number): string => names[index] ?? String(index);
  const pairs = mostConfused(confusion).slice(0, maxPairs).map(({ classes: [a, b], counts }) => ({
    names: [nameOf(a), nameOf(b)] as const,
    counts,
  }));
  const facts =
    `${grouped(images)} images; each bar counts images of the class beside it predicted as the ` +
    "other";
  const namesWidth = Math.max(80, ...pairs.flatMap(({ names }) => names).map(widthOf)) + 12;
  const layout = houseLayout({
    title,
    subtitle: [subtitle, facts].filter(Boolean).join(" · "),
  }, {
    plot: { width: barsWidth, height: step * Math.max(2, pairs.length) },
    margin: { left: edge + namesWidth, right: edge + namesWidth, top: 26, bottom: edge },
  });
  // Leaves space for the numbers at the ends of the bars.
  const reach = 1.12 * Math.max(1, ...pairs.flatMap(({ counts }) => counts));
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
    hovertext: pairs.map(({ names }) =>
      `${plain(names[side])} predicted as ${plain(names[1 - side as 0 | 1])}`
    ),
    hovertemplate: "%{hovertext}: %{text}<extra></extra>",
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
