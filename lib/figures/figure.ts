import type { Data, Layout } from "plotly.js";

/** A drawing as data: a name (its file's stem) and a Plotly specification with its size in the layout. */
export interface Figure {
  readonly name: string;
  readonly data: Partial<Data>[];
  readonly layout: Partial<Layout>;
}
