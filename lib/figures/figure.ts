import type { Data, Layout } from "plotly.js";

/** A figure as plain data: a name (the stem of its file) and a Plotly specification with a fixed size. */
export interface Figure {
  readonly name: string;
  readonly data: Partial<Data>[];
  readonly layout: Partial<Layout>;
}
