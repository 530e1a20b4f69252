import assert from "node:assert/strict";
import { blend, contrast } from "../../../lib/figures/plotly/color.ts";
import { darkColour, darkColours } from "../../../lib/figures/plotly/dark_theme.ts";
import { colours } from "../../../lib/figures/plotly/style.ts";

const page = darkColour(colours.paper);

Deno.test("darkColour() keeps texts as readable as WCAG's AA asks for", () => {
  for (const text of [colours.ink, colours.muted, colours.correct, colours.wrong]) {
    assert.ok(contrast(darkColour(text), page) >= 4.5, text);
    assert.ok(contrast(darkColour(text), darkColour(colours.panel)) >= 4.5, `${text} on a panel`);
  }
});

Deno.test("darkColour() keeps the order of a scale from the page to a strong colour", () => {
  for (const strong of [colours.correct, colours.wrong]) {
    const steps = Array.from({ length: 11 }, (_, step) => blend(colours.paper, strong, step / 10));
    const contrasts = steps.map((step) => contrast(darkColour(step), page));
    assert.deepEqual(contrasts, contrasts.toSorted((a, b) => a - b));
  }
});

Deno.test("darkColours() finds a text's colours, and veils of the page's own", () => {
  const text = JSON.stringify({ color: colours.ink, bgcolor: "rgba(255,255,255,0.8)", id: "#12" });
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(page.slice(at, at + 2), 16));
  assert.deepEqual(darkColours(text), {
    [colours.ink]: darkColour(colours.ink),
    "rgba(255,255,255,0.8)": `rgba(${red},${green},${blue},0.8)`,
  });
});
