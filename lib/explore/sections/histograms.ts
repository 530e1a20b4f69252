import { type Content, markup } from "../../display/markup.ts";
import { numbers, textColumn } from "../../display/table.ts";
import type { Figure } from "../../figures/figure.ts";
import {
  scrollTable,
  type Section,
  section,
  type SectionContext,
} from "../../report/sections/section.ts";
import type { Exploration } from "../explore_data.ts";
import type { Histogram } from "../facts.ts";
import { sizeText } from "../text.ts";

/** Histograms may become so narrow before they scroll. */
const minScale = 0.62;

/** How large the pictures are, and of what shape. */
export function sizesSection(
  { facts: { sizes }, figures }: Exploration,
  context: SectionContext,
): Section {
  const text = !sizes
    ? "The pictures are drawn at any size."
    : sizes.only
    ? `All pictures are ${sizeText(sizes.only)}.`
    : `From ${sizeText(sizes.smallest)} to ${sizeText(sizes.largest)}; the medians of widths and ` +
      `heights are ${sizeText(sizes.median)}. Pictures that EXIF turns count upright.`;
  return section(
    context,
    "sizes",
    "Sizes",
    markup`<p class="lead">${text}</p>`,
    sizes && !sizes.only
      ? markup`<div class="two">
${chart(context, figures.shorterSides, sizes.shorterSide, "Shorter sides")}
${chart(context, figures.aspectRatios, sizes.aspectRatio, "Aspect ratios")}</div>`
      : undefined,
  );
}

/** How bright the pictures are, and how strong their contrast. */
export function lightSection({ facts, figures }: Exploration, context: SectionContext): Section {
  return section(
    context,
    "light",
    "Brightness and contrast",
    markup`<p class="lead">Of each picture, reduced to 32 px: the mean of its luma, and the standard
deviation. Peaks at the ends are pictures that are nearly black, white, or of one color.</p>`,
    markup`<div class="two">
${chart(context, figures.brightness, facts.brightness, "Brightness")}
${chart(context, figures.contrast, facts.contrast, "Contrast")}</div>`,
  );
}

function chart(
  { charts }: SectionContext,
  figure: Figure | undefined,
  { edges, counts }: Histogram,
  title: string,
): Content {
  if (!figure) return undefined;
  const most = counts.indexOf(Math.max(...counts));
  return charts.chart([{ figure, minScale }], {
    alternative: `${title}: most pictures are between ${edges[most]} and ${edges[most + 1]}.`,
    caption: title,
    table: scrollTable({
      title,
      columns: [textColumn("From"), textColumn("To"), ...numbers("Pictures")],
      rows: counts.map((count, at) => [String(edges[at]), String(edges[at + 1]), count]),
    }),
  });
}
