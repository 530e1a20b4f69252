import type { Figure } from "../figures/figure.ts";
import { classCountsFigure } from "../figures/charts/class_counts.ts";
import { histogramFigure } from "../figures/charts/histogram.ts";
import type { ExplorationFacts, PartName } from "./facts.ts";
import { splitTitles } from "./oddities.ts";

/** The names of an exploration's figures. */
export type ExplorationFigureName =
  | "classes"
  | "shorterSides"
  | "aspectRatios"
  | "brightness"
  | "contrast";

/** Draws what was found; sizes only where pictures differ in them. */
export function explorationFigures(
  facts: ExplorationFacts,
): Record<ExplorationFigureName, Figure | undefined> {
  const { name: subtitle, sizes, brightness, contrast, pictures } = facts;
  const differ = sizes && !sizes.only ? sizes : undefined;
  const isAny = Object.values(pictures).some((count) => count > 0);
  return {
    classes: facts.classes.length > 0 ? classesFigure(facts) : undefined,
    shorterSides: differ && histogramFigure(differ.shorterSide, {
      name: "shorter_sides",
      title: "Shorter sides",
      subtitle,
      xTitle: "shorter side in pixels",
    }),
    aspectRatios: differ && histogramFigure(differ.aspectRatio, {
      name: "aspect_ratios",
      title: "Aspect ratios",
      subtitle,
      xTitle: "width divided by height",
      edgeText: (edge) => String(+edge.toFixed(2)),
    }),
    brightness: isAny
      ? histogramFigure(brightness, {
        name: "brightness",
        title: "Brightness",
        subtitle,
        xTitle: "mean luma of a picture, 0 to 255",
      })
      : undefined,
    contrast: isAny
      ? histogramFigure(contrast, {
        name: "contrast",
        title: "Contrast",
        subtitle,
        xTitle: "standard deviation of a picture's luma",
      })
      : undefined,
  };
}

/** Draws the classes with their numbers of pictures in each part, wide or for a phone. */
export function classesFigure(
  { classes, pictures, name }: ExplorationFacts,
  narrow = false,
): Figure {
  const parts = Object.keys(pictures) as PartName[];
  return classCountsFigure(
    classes.map(({ id, name, pictures }) => ({
      id,
      name,
      counts: parts.map((part) => pictures[part] ?? 0),
    })),
    parts.map((part) => splitTitles[part]),
    { title: "Pictures by class", subtitle: name, narrow },
  );
}
