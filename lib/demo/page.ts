import { asScript, policySource } from "../display/inline.ts";
import { Html, jsonForPage, markup } from "../display/markup.ts";
import { themeVariables } from "../figures/plotly/theme_variables.ts";
import pageStyle from "./browser/page.css" with { type: "text" };
import type { DemoData } from "./demo_data.ts";

/** A picture to begin with. */
export interface Sample {
  /** What it shows. */
  readonly name: string;
  /** A `data:` URL in base 64. */
  readonly url: string;
}

/** The parts of a page. */
export interface DemoPage {
  readonly title: string;
  /** What the net is, below the title. */
  readonly lead: string;
  /** What is to be known of the stored weights, a sentence or two. */
  readonly precision: string;
  readonly samples: readonly Sample[];
  readonly data: DemoData;
  /** The weights in base 64, if they are in the page. */
  readonly weights?: string;
  /** The program. */
  readonly script: string;
}

/**
 * Returns a page that runs a net in the browser. Its content security policy allows no request but for the
 * weights beside it, if there are any.
 */
export async function demoPage(page: DemoPage): Promise<string> {
  const { title, lead, precision, samples, data, weights } = page;
  const script = asScript(page.script);
  const style = `${themeVariables()}\n${pageStyle}`;
  const document = markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${await policy(script, style, data.parts > 0)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="lead">${lead}</p>
</header>
<main>
<div class="wide">
<noscript><p>The net needs JavaScript.</p></noscript>
<p id="status" role="status">Starting …</p>
<progress hidden max="1" value="0" aria-label="Weights that are read"></progress>
</div>
<section aria-labelledby="picture">
<h2 id="picture">A picture</h2>
<div class="input">
<label>Choose a picture <input id="file" type="file" accept="image/*" multiple disabled></label>
<button id="camera" type="button" disabled>Use the camera</button>
<p class="note">Or drop one here, or paste one. It stays in this page.</p>
</div>
${samples.length > 0 ? sampleList(samples) : undefined}</section>
<section id="result" aria-labelledby="answer" hidden>
<h2 id="answer">What the net sees</h2>
<figure>
<canvas role="img" aria-label="The picture"></canvas>
<figcaption><label class="switch"><input id="heat" type="checkbox" checked>
<span>Grad-CAM: what speaks for <b id="heat-class"></b></span></label></figcaption>
</figure>
<ol class="top" aria-label="The most likely classes; choose one to see what speaks for it"></ol>
<p id="speed" class="note"></p>
</section>
<section class="wide" aria-labelledby="about">
<h2 id="about">About the net</h2>
<p class="note">${precision}</p>
<details><summary>Its ${data.classes.length} classes</summary>
<p class="note">${data.classes.map(({ name }) => name).join(", ")}</p></details>
</section>
</main>
<dialog aria-labelledby="camera-title">
<h2 id="camera-title">The camera</h2>
<video playsinline muted></video>
<button type="button">Take the picture</button>
<button type="button">Close</button>
</dialog>
<footer><p>Made by <code>deno task demo</code> of VGGNet on Deno. The net runs in this page, by
TensorFlow.js; nothing is sent anywhere.</p></footer>
<script type="application/json" id="demo-data">${jsonForPage(data)}</script>
${
    weights === undefined
      ? undefined
      : markup`<script type="text/plain" id="weights">${new Html(weights)}</script>\n`
  }<script>${new Html(script)}</script>
</body>
</html>
`;
  return document.text;
}

function sampleList(samples: readonly Sample[]): Html {
  const items = samples.map(({ name, url }) =>
    markup`<li><button type="button" aria-pressed="false" disabled><img src="${url}" alt="the validation picture of ${name}">
<span aria-hidden="true">${name}</span></button></li>`
  );
  return markup`<ul class="samples" aria-label="Validation pictures">${items}</ul>
`;
}

/** Files beside the page are allowed to the program, which is the only one that can name them. */
async function policy(script: string, style: string, hasParts: boolean): Promise<string> {
  return [
    "default-src 'none'",
    `script-src ${await policySource(script)} 'wasm-unsafe-eval'${
      hasParts ? " 'strict-dynamic'" : ""
    }`,
    `style-src ${await policySource(style)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}
