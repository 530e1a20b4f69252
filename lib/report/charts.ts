import { attributes, type Content, type Html, jsonForPage, markup } from "../display/markup.ts";
import type { Figure } from "../figures/figure.ts";
import { darkColors } from "../figures/plotly/dark_theme.ts";
import { stripTitle } from "../figures/plotly/strip_title.ts";
import type { LinkedRun } from "./images/links.ts";

/** A figure for screens of some width. */
export interface ChartVariant {
  readonly figure: Figure;
  /** Its least width, as a fraction of its own width. Default 1. */
  readonly minScale?: number;
}

/** Options of {@linkcode Charts.chart}. */
export interface ChartOptions {
  /** What can be seen, in a sentence, for readers who cannot. */
  readonly alternative: string;
  readonly caption?: Content;
  /** The chart's numbers. */
  readonly table?: Html;
  /** The height follows the width, as for a matrix. */
  readonly square?: boolean;
  /** Readers may zoom in. */
  readonly zoom?: boolean;
  /** Orders of the classes that readers may choose: class indices by the order's name. */
  readonly orders?: Readonly<Record<string, readonly number[]>>;
  /** The marks of the chart show images: those of a cell of the confusion matrix, a class or a bin. */
  readonly opens?: LinkedRun & { readonly kind: "cell" | "class" | "bin" };
}

/** What `browser/charts.js` draws a chart from. */
interface ChartData extends Pick<ChartOptions, "square" | "zoom" | "orders"> {
  readonly id: string;
  /** Whether its marks show images. */
  readonly clicks?: true;
  readonly variants: readonly (Pick<Figure, "data" | "layout"> & { readonly minWidth: number })[];
}

/** The charts of a page, which `browser/charts.js` draws with Plotly. */
export class Charts {
  readonly #charts: ChartData[] = [];

  /**
   * Adds a chart and returns its element.
   *
   * @param variants The widest first; the page takes the first one that fits.
   */
  chart(variants: readonly ChartVariant[], options: ChartOptions): Html {
    const { alternative, caption, table, square, zoom, orders, opens } = options;
    const id = `chart-${this.#charts.length + 1}`;
    this.#charts.push({
      id,
      ...(square ? { square } : {}),
      ...(zoom ? { zoom } : {}),
      ...(orders ? { orders } : {}),
      ...(opens ? { clicks: true } : {}),
      variants: variants.map(({ figure, minScale = 1 }) => {
        const { data, layout } = stripTitle(figure);
        return { data, layout, minWidth: Math.floor(minScale * layout.width!) };
      }),
    });
    // An image has no parts: buttons may only stand in a group.
    const role = zoom || opens ? "group" : "img";
    const plot = attributes({
      ...{ class: "plot", id, role, "aria-label": alternative },
      ...(opens ? { "data-opens": opens.kind, "data-run": opens.run ?? 1 } : {}),
    });
    return markup`<figure class="chart">
${orders ? orderMenu(id, Object.keys(orders)) : ""}
<div class="scroll"><div${plot}></div></div>
${caption ? markup`<figcaption>${caption}</figcaption>` : ""}
${table ? markup`<details><summary>The numbers</summary>${table}</details>` : ""}
</figure>`;
  }

  /** Returns the charts as JSON, with the dark page's color for each of theirs. */
  data(): Html {
    const charts = this.#charts;
    return jsonForPage({ charts, dark: darkColors(JSON.stringify(charts)) });
  }
}

/** Hidden until the script can do what it offers. */
function orderMenu(id: string, orders: readonly string[]): Html {
  return markup`<label class="order" data-for="${id}" hidden>Order <select>${
    orders.map((order) => markup`<option>${order}</option>`)
  }</select></label>`;
}
