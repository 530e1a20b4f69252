import assert from "node:assert/strict";
import sharp from "sharp";
import { contactSheet } from "./contact_sheet.ts";

Deno.test("contactSheet() shows a row of images for each class", async () => {
  const png = await contactSheet({ columns: 2, size: 32, classes: [1, 4] });
  const { format, width = 0, height } = await sharp(png).metadata();
  assert.equal(format, "png");
  assert.equal(height, 2 * (32 + 4) + 4);
  assert.ok(width > 2 * 32);
});

Deno.test("contactSheet() gives the same bytes only for the same seed", async () => {
  const options = { columns: 1, size: 16, classes: [0] };
  const first = await contactSheet({ ...options, seed: 1 });
  assert.deepEqual(await contactSheet({ ...options, seed: 1 }), first);
  assert.notDeepEqual(await contactSheet({ ...options, seed: 2 }), first);
});
