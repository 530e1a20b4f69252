import type { Data, Layout } from "plotly.js";
import { showAs } from "../display/bundle.ts";
import { figureBundle } from "./render/figure_bundle.ts";

/** A drawing as data: a name (its file's stem) and a Plotly specification with its size in the layout. */
export interface Figure {
  readonly name: string;
  readonly data: Partial<Data>[];
  readonly layout: Partial<Layout>;
}

/** Lets a figure show itself as the last value of a notebook's cell; it stays plain data. */
export function makeFigure(figure: Figure): Figure {
  return showAs(figure, figureBundle);
}
