import { fileURLToPath } from "node:url";
import { darkColour } from "../figures/plotly/dark_theme.ts";
import { colours } from "../figures/plotly/style.ts";
import chartsScript from "./browser/charts.js" with { type: "text" };
import tablesScript from "./browser/tables.js" with { type: "text" };
import mediaStyle from "./browser/media.css" with { type: "text" };
import pageStyle from "./browser/page.css" with { type: "text" };
import partsStyle from "./browser/parts.css" with { type: "text" };
import tablesStyle from "./browser/tables.css" with { type: "text" };
import type { Charts } from "./chart.ts";
import { Html, markup } from "./markup.ts";

/** A place in a page, and what it is called in the page's list of contents. */
export interface Place {
  readonly id: string;
  readonly name: string;
}

/** What a page is made of. */
export interface Page {
  readonly title: string;
  /** Below the title. */
  readonly lead: Html;
  readonly contents: readonly Place[];
  readonly main: Html;
  readonly charts: Charts;
}

/**
 * A page in one file that needs nothing else: style, scripts and images are in it, and its policy
 * lets no request out.
 */
export async function writePage({ title, lead, contents, main, charts }: Page): Promise<string> {
  const plotly = await Deno.readTextFile(
    fileURLToPath(import.meta.resolve("plotly.js-cartesian-dist-min")),
  );
  const scripts = [plotly, chartsScript, tablesScript].map(asScript);
  // Printing comes last: it undoes what is for screens.
  const style = [themes(), pageStyle, partsStyle, tablesStyle, mediaStyle].join("\n");
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
<main id="main" tabindex="-1">
<noscript><p>The charts need JavaScript; their numbers are in the tables below them.</p></noscript>
${main}
</main>
<footer><p>Made by <code>deno task report</code> of VGGNet on Deno.</p></footer>
<script type="application/json" id="charts">${charts.data()}</script>
${scripts.map((script) => markup`<script>${new Html(script)}</script>${"\n"}`)}</body>
</html>
`;
  return document.text;
}

/** Plotly puts its own rules into the style of this id, which the policy would not let it make. */
const plotlyStyle = "plotly.js-style-global";

function asScript(text: string): string {
  if (!/<\/script|<!--/i.test(text)) return text;
  throw new Error("a script must hold nothing that ends it within a page");
}

/**
 * Nothing is fetched, sent or framed, and of scripts and styles only the page's own count. What stands
 * in an attribute may style its element, for Plotly places its letters so.
 */
async function policy(scripts: readonly string[], style: string): Promise<string> {
  const digests = await Promise.all(scripts.map(digest));
  return [
    "default-src 'none'",
    `script-src ${digests.join(" ")}`,
    `style-src-elem ${await digest(style)}`,
    "style-src-attr 'unsafe-inline'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `'sha256-${new Uint8Array(bytes).toBase64()}'`;
}

/** The figures' colours as the style sheet's variables, and their dark ones for dark screens. */
function themes(): string {
  const variables = (colourOf: (colour: string) => string): string =>
    Object.entries(colours).map(([name, colour]) => `--${name}: ${colourOf(colour)};`).join(" ");
  return `:root { ${variables((colour) => colour)} }
@media screen and (prefers-color-scheme: dark) { :root { ${variables(darkColour)} } }`;
}
