import assert from "node:assert/strict";
import sharp, { type Sharp } from "sharp";
import { pictureFacts } from "../../../lib/data/images/picture_facts.ts";

const [width, height] = [40, 24];
/** Noise, because an encoder stores a plain picture in fewer bits. */
const pixels = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 7919) % 251);
const picture = (): Sharp => sharp(pixels, { raw: { width, height, channels: 3 } });

/** Two frames, one below the other. */
const frames = (): Sharp =>
  sharp(pixels, { raw: { width, height, channels: 3, pageHeight: height / 2 } });

const cases: readonly (readonly [what: string, name: string, picture: Sharp, odd: string[]])[] = [
  ["a usual JPEG", "a.JPEG", picture().jpeg(), []],
  ["a PNG named .jpg", "a.jpg", picture().png(), ["extension"]],
  ["a WebP without an extension", "a", picture().webp(), []],
  ["CMYK", "a.jpg", picture().toColorspace("cmyk").jpeg(), ["cmyk"]],
  ["EXIF orientation", "a.jpg", picture().jpeg().withMetadata({ orientation: 6 }), ["orientation"]],
  ["16 bits", "a.png", picture().toColorspace("rgb16").png(), ["16-bit"]],
  // What does not change from frame to frame is transparent.
  ["an animated GIF", "a.gif", frames().gif(), ["animated", "alpha"]],
  ["transparency", "a.png", picture().ensureAlpha(0.5).png(), ["alpha"]],
];

for (const [what, name, made, odd] of cases) {
  Deno.test(`pictureFacts() of ${what} tells ${odd.join() || "nothing odd"}`, async () => {
    const facts = await pictureFacts(new Uint8Array(await made.toBuffer()), name);
    assert.deepEqual(facts.oddities, odd);
    const isTurned = odd.includes("orientation");
    if (odd[0] !== "animated") { // Which has the height of a frame.
      assert.deepEqual([facts.width, facts.height], isTurned ? [height, width] : [width, height]);
    }
  });
}

Deno.test("pictureFacts() reads the headers of PPM and of animated PNG", async () => {
  const deep = new TextEncoder().encode(`P6\n3 2\n65535\n${"\0".repeat(36)}`);
  assert.deepEqual(await pictureFacts(deep, "a.ppm"), {
    ...{ format: "PPM", width: 3, height: 2, oddities: ["16-bit"] },
  });
  const png = new Uint8Array(await picture().png().toBuffer());
  // The chunk of animations, empty here, follows the header's 33 bytes.
  const chunk = new Uint8Array([0, 0, 0, 0, ...new TextEncoder().encode("acTL"), 0, 0, 0, 0]);
  const animated = new Uint8Array([...png.subarray(0, 33), ...chunk, ...png.subarray(33)]);
  assert.deepEqual((await pictureFacts(png, "a.png")).oddities, []);
  assert.deepEqual((await pictureFacts(animated, "a.png")).oddities, ["animated"]);
});
