import type { Annotations, Data } from "plotly.js";
import { mostConfused } from "../../evaluation/metrics/summarize.ts";
import type { Evaluation } from "../../runs/schemas.ts";
import { makeFigure } from "../displayable.ts";
import { type Figure } from "../figure.ts";
import {
  colours,
  edge,
  type Heading,
  hiddenAxis,
  houseLayout,
  note,
  sizes,
} from "../plotly/style.ts";
import { firstName, grouped, plain, shorten, textWidth } from "../plotly/text.ts";

/** The most pairs that are drawn; in pixels, a row's height, the bars' room, and the widest name. */
const mostShown = 12, step = 36, barsWidth = 420, widest = 190;

/** A pair of classes in the figure's terms: `counts[0]` images of the left one were taken for the right. */
interface Pair {
  readonly names: readonly [left: string, right: string];
  readonly counts: readonly [number, number];
}

/**
 * The pairs of classes with the most mistakes between them, most first: to the left how many images of
 * the class on the left were taken for the one on the right, to the right the other way round. Shows
 * 12 at most; without mistakes it says so.
 *
 * @example
 * ```ts ignore
 * const run = await openRun("runs/mine");
 * const figure = confusedPairsFigure(await run.evaluation());
 * ```
 */
export function confusedPairsFigure(
  { confusion, classes, images }: Pick<Evaluation, "confusion" | "classes" | "images">,
  { title = "Most confused pairs", subtitle }: Partial<Heading> = {},
): Figure {
  const nameOf = (index: number): string =>
    shorten(firstName(classes[index]?.name ?? String(index)), widest, sizes.label);
  const pairs = mostConfused(confusion).slice(0, mostShown).map(({ classes: [a, b], counts }) => ({
    names: [nameOf(a), nameOf(b)] as const,
    counts,
  }));
  const facts =
    `${grouped(images)} images; a bar: those of the class beside it that were taken for ` +
    "the other";
  const room = Math.max(80, ...pairs.flatMap(({ names }) => names).map(widthOf)) + 12;
  const layout = houseLayout({
    title,
    subtitle: [subtitle, facts].filter(Boolean).join(" · "),
  }, {
    plot: { width: barsWidth, height: step * Math.max(2, pairs.length) },
    margin: { left: edge + room, right: edge + room, top: 26, bottom: edge },
  });
  // A little more, for the numbers at the bars' ends.
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
        ? [note("<b>No mistakes</b>", { size: 17, color: colours.correct, x: 0, y: 0.5 })]
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
    marker: { color: side === 0 ? colours.correct : colours.highlight },
    text: counts.map((count) => count === 0 ? "" : grouped(count)),
    textposition: "outside",
    textfont: { size: sizes.small, color: colours.ink },
    cliponaxis: false,
    hovertext: pairs.map(({ names }) =>
      `${plain(names[side])} taken for ${plain(names[1 - side as 0 | 1])}`
    ),
    hovertemplate: "%{hovertext}: %{text}<extra></extra>",
  };
}

function nameBoth({ names }: Pair, row: number): Partial<Annotations>[] {
  const place = {
    xref: "paper",
    yref: "y",
    y: row,
    size: sizes.label,
    color: colours.ink,
  } as const;
  return [
    note(plain(names[0]), { ...place, x: 0, xanchor: "right", xshift: -12 }),
    note(plain(names[1]), { ...place, x: 1, xanchor: "left", xshift: 12 }),
  ];
}
