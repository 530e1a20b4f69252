import assert from "node:assert/strict";
import { blend, contrast } from "../../../lib/figures/plotly/color.ts";
import { darkColor, darkColors } from "../../../lib/figures/plotly/dark_theme.ts";
import { colors } from "../../../lib/figures/plotly/style.ts";

const page = darkColor(colors.paper);

Deno.test("darkColor() keeps texts as readable as WCAG's AA asks for", () => {
  for (const text of [colors.ink, colors.muted, colors.correct, colors.wrong]) {
    assert.ok(contrast(darkColor(text), page) >= 4.5, text);
    assert.ok(contrast(darkColor(text), darkColor(colors.panel)) >= 4.5, `${text} on a panel`);
  }
});

Deno.test("darkColor() keeps the order of a scale from the page to a strong color", () => {
  for (const strong of [colors.correct, colors.wrong]) {
    const steps = Array.from({ length: 11 }, (_, step) => blend(colors.paper, strong, step / 10));
    const contrasts = steps.map((step) => contrast(darkColor(step), page));
    assert.deepEqual(contrasts, contrasts.toSorted((a, b) => a - b));
  }
});

Deno.test("darkColors() finds a text's colors, and veils of the page's own", () => {
  const text = JSON.stringify({ color: colors.ink, bgcolor: "rgba(255,255,255,0.8)", id: "#12" });
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(page.slice(at, at + 2), 16));
  assert.deepEqual(darkColors(text), {
    [colors.ink]: darkColor(colors.ink),
    "rgba(255,255,255,0.8)": `rgba(${red},${green},${blue},0.8)`,
  });
});
