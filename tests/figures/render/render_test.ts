import assert from "node:assert/strict";
import sharp from "sharp";
import { architectureFigure } from "../../../lib/figures/charts/architecture.ts";
import { confusionMatrixFigure } from "../../../lib/figures/charts/confusion_matrix.ts";
import { learningCurvesFigure } from "../../../lib/figures/charts/learning_curves.ts";
import { drawNetwork } from "../../../lib/figures/charts/network_drawing.ts";
import { perClassAccuracyFigure } from "../../../lib/figures/charts/per_class_accuracy.ts";
import type { Figure } from "../../../lib/figures/figure.ts";
import { renderPng, renderSvg } from "../../../lib/figures/render/render.ts";
import {
  articleEvaluation,
  confusionWith,
  evaluationOf,
  fakeHistory,
  manyClasses,
} from "../support.ts";

const evaluation100 = evaluationOf(
  confusionWith(Array.from({ length: 100 }, (_, index) => index % 50), 50),
  manyClasses(100),
);
const figures: Record<string, Figure> = {
  "the networks": architectureFigure([drawNetwork(), drawNetwork({ configuration: "E" })]),
  "forty epochs": learningCurvesFigure(fakeHistory(40)),
  "one epoch": learningCurvesFigure(fakeHistory(1), { learningRate: true }),
  "ten classes": confusionMatrixFigure(articleEvaluation),
  "a hundred classes": confusionMatrixFigure(evaluation100),
  "accuracies of a hundred classes": perClassAccuracyFigure(evaluation100),
};

/** Plotly's page keeps its timers until the process ends. */
const keepsPage = { sanitizeOps: false, sanitizeResources: false };

for (const [what, figure] of Object.entries(figures)) {
  Deno.test(
    `renderPng() draws ${what} in the layout's size, with the same bytes each time`,
    keepsPage,
    async () => {
      const png = await renderPng(figure, { scale: 1 });
      const { data, info } = await sharp(png).grayscale().raw().toBuffer({
        resolveWithObject: true,
      });
      assert.equal(info.width, figure.layout.width);
      assert.equal(info.height, figure.layout.height);
      assertQuietEdge(data, info.width, info.height);
      const dark = data.reduce((count, value) => count + (value < 128 ? 1 : 0), 0);
      assert.ok(dark > data.length / 500, `${dark} dark pixels of ${data.length}`);
      assert.deepEqual(await renderPng(figure, { scale: 1 }), png);
    },
  );
}

/** Fails if something is drawn at the image's edge, where it would be cut off. */
function assertQuietEdge(data: Uint8Array, width: number, height: number): void {
  const margin = 4;
  for (let at = 0; at < data.length; at++) {
    const x = at % width, y = Math.floor(at / width);
    const isInside = x >= margin && y >= margin && x < width - margin && y < height - margin;
    assert.ok(isInside || data[at] === 255, `drawn at ${x}, ${y} of ${width} × ${height}`);
  }
}

Deno.test("renderPng() doubles the layout's size by default", keepsPage, async () => {
  const layout = { width: 120, height: 80 };
  const { width, height } = await sharp(await renderPng({ name: "line", data: [], layout }))
    .metadata();
  assert.deepEqual([width, height], [240, 160]);
});

Deno.test(
  "renderSvg() gives the same text every time, also for concurrent calls",
  keepsPage,
  async () => {
    const figure = learningCurvesFigure(fakeHistory(3));
    const [first, second] = await Promise.all([renderSvg(figure), renderSvg(figure)]);
    assert.ok(first.startsWith("<svg"));
    assert.equal(first, second);
  },
);

Deno.test("renderPng() rejects a missing size and a scale of 0", async () => {
  const figure = { name: "line", data: [], layout: { width: 100 } };
  await assert.rejects(renderPng(figure), /the figure line needs a height .* Received: undefined/);
  await assert.rejects(renderPng(figure, { scale: 0 }), /scale .* Received: 0/);
});
