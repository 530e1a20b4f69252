import { showAs } from "../display/bundle.ts";
import type { Figure } from "./figure.ts";
import { figureBundle } from "./render/figure_bundle.ts";

/** Lets a figure show itself as the last value of a notebook's cell; it stays plain data. */
export function makeFigure(figure: Figure): Figure {
  return showAs(figure, figureBundle);
}
