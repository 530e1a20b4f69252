import { createCanvas } from "@napi-rs/canvas";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { drawnClasses } from "../../../lib/data/drawn10/classes.ts";
import { drawImage } from "../../../lib/data/drawn10/image.ts";
import { drawingVersion } from "../../../lib/data/drawn10/version.ts";
import { randomStream } from "../../../lib/random/stream.ts";

/** What was recorded with the drawing library below, on x86-64. */
const recorded = {
  library: "1.1.1",
  canvas: "3117bc77de0ed1c3",
  images: { 1: "4c036b4f74313bbc", 2: "2c976eee9c7131e8", 3: "97d93483b7d4d2ef" } as Readonly<
    Record<number, string>
  >,
};

const { version: library } = createRequire(import.meta.url)("@napi-rs/canvas/package.json");
const isOtherProcessor = library === recorded.library && canvasDigest() !== recorded.canvas;

Deno.test({
  name: "images of drawn10 change only with their version" +
    (isOtherProcessor ? " (skipped: this processor rounds differently)" : ""),
  ignore: isOtherProcessor,
  fn: () => {
    const digest = createHash("sha256");
    for (const size of [32, 64, 224]) {
      drawnClasses.forEach(({ id }, label) => {
        for (let number = 0; number < 4; number++) {
          const random = randomStream("drawn10", 1, "train", id, number);
          digest.update(drawImage(label, random, size).data);
        }
      });
    }
    assert.equal(
      digest.digest("hex").slice(0, 16),
      recorded.images[drawingVersion],
      "the images have changed: increase drawingVersion, and record this digest under it",
    );
  },
});

/** A digest of what the library draws by itself: gradients, curves, blur, reduction. */
function canvasDigest(): string {
  const [large, small] = [createCanvas(128, 128), createCanvas(64, 64)];
  const [pen, print] = [large.getContext("2d"), small.getContext("2d")];
  pen.rotate(0.05);
  const fill = pen.createRadialGradient(60, 50, 3, 70, 60, 90);
  fill.addColorStop(0, "rgba(200,180,20,1)");
  fill.addColorStop(1, "rgba(20,10,90,0.6)");
  pen.fillStyle = fill;
  pen.fillRect(0, 0, 128, 128);
  pen.strokeStyle = "rgba(240,250,255,0.75)";
  pen.lineWidth = 0.7;
  pen.beginPath();
  for (let curve = 0; curve < 40; curve++) {
    pen.moveTo(curve * 3.1, 7);
    pen.quadraticCurveTo(64 + curve, 50, 120 - curve * 2.7, 121);
  }
  pen.stroke();
  print.filter = "blur(1.3px)";
  print.drawImage(large, 0, 0, 64, 64);
  const { data } = print.getImageData(0, 0, 64, 64);
  return createHash("sha256").update(data).digest("hex").slice(0, 16);
}
