import assert from "node:assert/strict";
import { formatActivity, timeLeft } from "../../lib/display/activity.ts";

const drawing = { verb: "Drawing", unit: "images" };
const unpacking = { verb: "Unpacking TensorFlow", unit: "MB" };

Deno.test("formatActivity() shows verb, share, counts and the time left", () => {
  assert.equal(
    formatActivity(1200, 4500, drawing, "12 s left"),
    "Drawing: 26.7 %, 1,200 of 4,500 images, 12 s left",
  );
  assert.equal(formatActivity(0, 855.4, unpacking, ""), "Unpacking TensorFlow: 0.0 %, 0 of 855 MB");
  assert.equal(formatActivity(0, 0, drawing, ""), "Drawing: 100.0 %, 0 of 0 images");
});

Deno.test("formatActivity() guesses no share of an unknown total", () => {
  assert.equal(
    formatActivity(12.4, Infinity, unpacking, ""),
    "Unpacking TensorFlow: 12 MB so far",
  );
});

Deno.test("timeLeft() extrapolates the pace of each activity by itself", () => {
  let clock = 0;
  const left = timeLeft(() => clock);
  assert.equal(left(100, 1000, drawing), "");
  clock = 500;
  assert.equal(left(300, 1000, drawing), "", "too early to tell");
  clock = 2000;
  // 400 images in 2 s: the other 500 take 2.5 s.
  assert.equal(left(500, 1000, drawing), "3 s left");
  clock = 10_000;
  assert.equal(left(10, 100, unpacking), "");
  clock = 130_000;
  // 30 MB in 120 s: the other 60 take 240 s.
  assert.equal(left(40, 100, unpacking), "4 min 0 s left");
  clock = 200_000;
  assert.equal(left(0, 100, unpacking), "", "it began again");
  assert.equal(left(50, Infinity, unpacking), "");
  assert.equal(left(0, 4500, drawing), "");
  clock += 2000;
  assert.equal(left(2, 4500, drawing), "", "two slow images tell little");
  clock += 8000;
  // 45 in 10 s: the other 4,455 take 990 s.
  assert.equal(left(45, 4500, drawing), "16 min 30 s left");
});
