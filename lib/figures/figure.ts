import type { Data, Layout } from "plotly.js";

/** A figure as plain data: a Plotly specification with a fixed size, and a name. */
export interface Figure {
  /** The stem of its file. */
  readonly name: string;
  /** Plotly's traces. */
  readonly data: Partial<Data>[];
  /** Plotly's layout, with width, height and margins. */
  readonly layout: Partial<Layout>;
}
