import { darkColours } from "../figures/plotly/dark_theme.ts";
import type { Figure } from "../figures/figure.ts";
import { stripTitle } from "../figures/plotly/strip_title.ts";
import { type Content, type Html, jsonForPage, markup } from "./markup.ts";

/** One of a chart's figures, for screens of some width. */
export interface Variant {
  readonly figure: Figure;
  /** The narrowest that it may become, as a part of its own width. Default 1. */
  readonly least?: number;
}

/** How {@linkcode Charts.chart} shows figures. */
export interface ChartOptions {
  /** What is to be seen, in a sentence, for those who do not. */
  readonly alternative: string;
  readonly caption?: Content;
  /** The same as a table. */
  readonly table?: Html;
  /** Whether the height follows the width, as for a matrix. */
  readonly square?: boolean;
  /** Whether readers may zoom in. */
  readonly zoom?: boolean;
  /** Whether classes can be put into another order: for each order, the classes' indices. */
  readonly orders?: Readonly<Record<string, readonly number[]>>;
}

/** What the page's script draws a chart from. */
interface Drawable extends Pick<ChartOptions, "square" | "zoom" | "orders"> {
  readonly id: string;
  readonly variants: readonly {
    readonly data: Figure["data"];
    readonly layout: Figure["layout"];
    readonly least: number;
  }[];
}

/** Collects the charts of a page: each is a place that the page's script draws into. */
export class Charts {
  readonly #drawables: Drawable[] = [];

  /**
   * The place of a chart.
   *
   * @param variants The widest first; the page takes the first one that fits.
   */
  chart(variants: readonly Variant[], options: ChartOptions): Html {
    const { alternative, caption, table, square = false, zoom = false, orders } = options;
    const id = `chart-${this.#drawables.length + 1}`;
    this.#drawables.push({
      id,
      square,
      zoom,
      ...(orders ? { orders } : {}),
      variants: variants.map(({ figure, least = 1 }) => {
        const { data, layout } = stripTitle(figure);
        return { data, layout, least: Math.floor(least * layout.width!) };
      }),
    });
    return markup`<figure class="chart">
${orders || zoom ? toolbar(id, zoom, Object.keys(orders ?? {})) : ""}
<div class="scroll"><div class="plot" id="${id}" role="img" aria-label="${alternative}"></div></div>
${caption ? markup`<figcaption>${caption}</figcaption>` : ""}
${table ? markup`<details><summary>The numbers</summary>${table}</details>` : ""}
</figure>`;
  }

  /** The charts, and the dark page's colours of what they are drawn in. */
  data(): Html {
    const charts = this.#drawables;
    return jsonForPage({ charts, dark: darkColours(JSON.stringify(charts)) });
  }
}

/** What can be done with a chart by mouse, finger or keyboard; shown once there is a script. */
function toolbar(id: string, zoom: boolean, orders: readonly string[]): Html {
  const button = (action: string, label: string, text: string): Html =>
    markup`<button type="button" data-zoom="${action}" aria-label="${label}">${text}</button>`;
  return markup`<div class="toolbar" data-for="${id}" hidden>
${
    orders.length > 1
      ? markup`<label>Order <select>${
        orders.map((order) => markup`<option>${order}</option>`)
      }</select></label>`
      : ""
  }
${
    zoom
      ? [
        button("in", "Zoom in", "+"),
        button("out", "Zoom out", "−"),
        button("all", "Show all", "All"),
      ]
      : ""
  }
</div>`;
}
