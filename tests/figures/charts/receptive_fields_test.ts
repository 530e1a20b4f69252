import assert from "node:assert/strict";
import { receptiveFieldsFigure } from "../../../lib/figures/charts/receptive_fields.ts";
import { redImage } from "../support.ts";

const tile = { image: redImage, width: 200, height: 200, captions: [] };

Deno.test("receptiveFieldsFigure() draws squares around the middle at the image's scale", () => {
  const fields = [{ name: "half", size: 100, step: 1 }, { name: "all", size: 200, step: 32 }];
  const { shapes = [], annotations = [] } = receptiveFieldsFigure(tile, fields).layout;
  const edges = shapes.map(({ x0, x1, y0, y1 }) =>
    [x0, x1, y0, y1].map((value) => Math.round(Number(value)))
  );
  assert.deepEqual(edges, [[115, 345, 115, 345], [0, 460, 0, 460]]);
  assert.match(annotations[1]?.text ?? "", /all.*200 × 200, every 32 pixels/);
});

Deno.test("receptiveFieldsFigure() ends a field that extends beyond the image at its edge", () => {
  const { shapes = [] } =
    receptiveFieldsFigure(tile, [{ name: "more", size: 900, step: 1 }]).layout;
  assert.equal(shapes[0]?.x0, 0);
});

Deno.test("receptiveFieldsFigure() rejects an empty list", () => {
  assert.throws(() => receptiveFieldsFigure(tile, []), /1 to 6 fields can be drawn. Received: 0/);
});
