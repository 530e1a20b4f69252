import assert from "node:assert/strict";
import { BrokenImageError, type Split } from "../../../lib/data/dataset.ts";
import { decodeAhead } from "../../../lib/data/pipeline/decode_ahead.ts";
import { prepareImages } from "../../../lib/data/pipeline/prepared_split.ts";
import { graySplit } from "../support.ts";

const resize = { mode: "stretch", size: 8 } as const;
const length = 40;

/** Gray images of which some are broken, and later ones are decoded sooner. */
function uneven(): Split {
  const gray = graySplit(Array.from({ length }, (_, index) => index % 2), 8);
  return {
    ...gray,
    image: async (index, size) => {
      await new Promise((resolve) => setTimeout(resolve, index % 3 === 0 ? 4 : 0));
      if (index % 7 === 3) throw new BrokenImageError(gray.path(index), "planned");
      return await gray.image(index, size);
    },
  };
}

Deno.test("decodeAhead() yields the images in order, and knows of them what prepareImages() does", async () => {
  await using expected = await prepareImages(uneven(), resize);
  for (const keep of [false, true]) {
    await using decoding = decodeAhead(uneven(), resize, { ahead: 5, keep });
    const samples: number[] = [];
    for await (const [sample, image] of decoding.images) {
      assert.deepEqual(image, await expected.image(samples.length));
      samples.push(sample);
    }
    assert.deepEqual(samples, [...expected.samples]);
    const prepared = await decoding.prepared;
    for (const name of ["digest", "imageDigests", "broken", "brokenLabels", "warnings"] as const) {
      assert.deepEqual(prepared[name], expected[name]);
    }
    if (keep) assert.deepEqual(await prepared.image(9), await expected.image(9));
    else assert.throws(() => prepared.image(9), /not kept/);
  }
});

Deno.test("decodeAhead() yields an image before the next are decoded, and few of them", async () => {
  const split = uneven();
  let [decoded, taken, most] = [0, 0, 0];
  const counted: Split = {
    ...split,
    image: async (index, size) => {
      most = Math.max(most, ++decoded - taken);
      return await split.image(index, size);
    },
  };
  await using decoding = decodeAhead(counted, resize, { ahead: 5, keep: false });
  for await (const [sample] of decoding.images) {
    taken = sample;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(decoded, length);
  // The image in use and a broken one before the next are not ahead.
  assert.ok(most > 1 && most <= 5 + 2, `${most} images were decoded ahead`);
});

Deno.test("decodeAhead() ends with the error of an image, or when its images are no longer taken", async () => {
  const split = uneven();
  let requested = 0;
  const failing: Split = {
    ...split,
    image: async (index, size) => {
      requested++;
      if (index === 20) throw new Error("disk");
      return await split.image(index, size);
    },
  };
  await using decoding = decodeAhead(failing, resize, { ahead: 5, keep: false });
  await assert.rejects(Array.fromAsync(decoding.images), /disk/);
  await assert.rejects(decoding.prepared, /disk/);
  requested = 0;
  await using stopped = decodeAhead(failing, resize, { ahead: 5, keep: false });
  for await (const [sample] of stopped.images) if (sample === 2) break;
  await assert.rejects(stopped.prepared, { name: "AbortError" });
  assert.ok(requested < 20, `${requested} images were requested`);
  const signal = AbortSignal.abort(new Error("enough"));
  await using aborted = decodeAhead(split, resize, { ahead: 5, keep: false, signal });
  await assert.rejects(Array.fromAsync(aborted.images), /enough/);
});
