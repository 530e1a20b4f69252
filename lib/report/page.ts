import { asScript, policySource } from "../display/inline.ts";
import { Html, markup } from "../display/markup.ts";
import { themeVariables } from "../figures/plotly/theme_variables.ts";
import chartsScript from "./browser/charts.js" with { type: "text" };
import csvScript from "./browser/csv.js" with { type: "text" };
import imagesStyle from "./browser/images.css" with { type: "text" };
import imagesScript from "./browser/images.js" with { type: "text" };
import viewsScript from "./browser/views.js" with { type: "text" };
import marksScript from "./browser/marks.js" with { type: "text" };
import contentStyle from "./browser/content.css" with { type: "text" };
import pageStyle from "./browser/page.css" with { type: "text" };
import pageScript from "./browser/page.js" with { type: "text" };
import type { Charts } from "./charts.ts";
import type { TocEntry } from "./sections/section.ts";

/** The first has what the others use. */
const imagesScripts = [viewsScript, imagesScript, marksScript, csvScript];

/** The parts of a page. */
export interface Page {
  readonly title: string;
  /** Below the title. */
  readonly lead: Html;
  readonly contents: readonly TocEntry[];
  readonly main: Html;
  readonly charts: Charts;
  /** The task that makes it. Default `report`. */
  readonly task?: string;
  /** The images of its runs, and the dialog that shows them. */
  readonly images?: { readonly dialog: Html; readonly data: Html };
}

/**
 * Returns a page in one file that needs no other: style, scripts and images are in it, and its content
 * security policy allows no request.
 */
export async function writePage(page: Page): Promise<string> {
  const { title, lead, contents, main, charts, images, task = "report" } = page;
  const { default: plotly } = await import("plotly.js-cartesian-dist-min", {
    with: { type: "text" },
  });
  const own = [chartsScript, pageScript, ...(images ? imagesScripts : [])];
  // Each has its own names, and Plotly is the window's.
  const scripts = [plotly, ...own.map((script) => `(() => {\n${script}})();`)].map(asScript);
  const style = [themeVariables(), contentStyle, imagesStyle, pageStyle].join("\n");
  const document = markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${await policy(scripts, style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style id="${plotlyStyle}">${new Html(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the results</a>
<header>
<h1>${title}</h1>
${lead}
</header>
<nav aria-label="Contents">
<ul>${contents.map(({ id, name }) => markup`<li><a href="#${id}">${name}</a></li>`)}</ul>
</nav>
<main id="main">
<noscript><p>The charts need JavaScript; their numbers are in the tables below them.</p></noscript>
${main}
</main>
<footer><p>Made by <code>deno task ${task}</code> of VGGNet on Deno.</p></footer>
${
    images &&
    markup`${images.dialog}<script type="application/json" id="images-data">${images.data}</script>
`
  }<script type="application/json" id="charts">${charts.data()}</script>
${scripts.map((script) => markup`<script>${new Html(script)}</script>${"\n"}`)}</body>
</html>
`;
  return document.text;
}

/** Plotly adds its rules to the style of this id; the policy does not allow it to make its own. */
const plotlyStyle = "plotly.js-style-global";

/**
 * Nothing may be fetched, sent or framed; only the page's own scripts and styles apply. Style
 * attributes are allowed: Plotly places its texts by them.
 */
async function policy(scripts: readonly string[], style: string): Promise<string> {
  const digests = await Promise.all(scripts.map(policySource));
  return [
    "default-src 'none'",
    `script-src ${digests.join(" ")}`,
    `style-src-elem ${await policySource(style)}`,
    "style-src-attr 'unsafe-inline'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}
