import assert from "node:assert/strict";
import {
  articleAugmentation,
  type Augmentation,
  cropFor,
  makeAugment,
  resizeFor,
  resolveNormalization,
} from "../../../lib/data/augment/mod.ts";
import type { Batch } from "../../../lib/data/pipeline/batches.ts";
import { batchOf, largestDifference, onPlainEngine } from "./support.ts";

const rescale = resolveNormalization("rescale");

function augmented(augmentation: Augmentation, batch: Batch, seed: number): number[] {
  const images = makeAugment(augmentation, rescale)(batch, seed);
  const values = Array.from(images.dataSync());
  images.dispose();
  return values;
}

const paper = {
  kind: "paper",
  crop: 4,
  shortestSide: [4, 8],
  flip: true,
  colorShift: 0,
} as const;

onPlainEngine(
  "makeAugment() gives the same images for the same seed, and others for another",
  () => {
    const batch = batchOf(3, 8, (index, row, column) => index * 60 + row * column);
    const kinds: Augmentation[] = [
      { kind: "flip" },
      { kind: "translate", pixels: 2, fill: "reflect", flip: true },
      articleAugmentation,
    ];
    for (const augmentation of kinds) {
      const first = augmented(augmentation, batch, 1);
      assert.equal(first.length, 3 * 8 * 8 * 3);
      assert.deepEqual(augmented(augmentation, batch, 1), first);
      const others = [2, 3, 4].map((seed) =>
        largestDifference(augmented(augmentation, batch, seed), first)
      );
      assert.ok(Math.max(...others) > 0, augmentation.kind);
    }
  },
);

onPlainEngine("makeAugment() augments an image the same way in every part of a batch", () => {
  const batch = batchOf(4, 8, (index, row, column) => index * 60 + row * column);
  const part = {
    ...batch,
    length: 2,
    pixels: batch.pixels.slice(2 * 192),
    indices: batch.indices.slice(2),
  };
  for (const kind of ["flip", "translate", "affine"] as const) {
    const augmentation = {
      flip: { kind: "flip" },
      translate: { kind: "translate", pixels: 2, fill: "reflect", flip: true },
      affine: articleAugmentation,
    }[kind] as Augmentation;
    assert.deepEqual(
      augmented(augmentation, part, 1),
      augmented(augmentation, batch, 1).slice(384),
    );
  }
});

onPlainEngine("makeAugment() only normalizes without an augmentation", () => {
  const batch = batchOf(2, 3, (index, row, column, channel) => index + row * 50 + column + channel);
  const expected = Array.from(batch.pixels, (byte) => byte / 255);
  assert.ok(largestDifference(augmented({ kind: "none" }, batch, 1), expected) < 1e-6);
});

onPlainEngine("makeAugment() does not overwrite the images of earlier batches", () => {
  for (const augmentation of [{ kind: "none" }, { ...paper, shortestSide: [4, 4] }] as const) {
    const augment = makeAugment(augmentation, rescale);
    const first = augment(batchOf(1, 2, () => 255), 1);
    const second = augment(batchOf(1, 2, () => 0), 2);
    assert.deepEqual([...first.dataSync()], Array(12).fill(1));
    first.dispose();
    second.dispose();
  }
});

onPlainEngine("makeAugment() mirrors about half of the images", () => {
  const batch = batchOf(200, 2, (_index, _row, column) => column * 255);
  const values = augmented({ kind: "flip" }, batch, 5);
  const mirrored = Array.from({ length: 200 }, (_, index) => values[index * 12]);
  const count = mirrored.filter((value) => value === 1).length;
  assert.ok(count > 65 && count < 135, `${count} of 200`);
});

onPlainEngine("makeAugment() shifts images to every position and fills the edges", () => {
  const batch = batchOf(300, 5, (_index, row, column) => row * 10 + column + 1);
  const shifts = { reflect: new Set<string>(), zero: new Set<string>() };
  for (const fill of ["reflect", "zero"] as const) {
    const values = augmented({ kind: "translate", pixels: 1, fill, flip: false }, batch, 9);
    for (let index = 0; index < 300; index++) {
      const at = (row: number, column: number): number =>
        Math.round((values[((index * 5 + row) * 5 + column) * 3] ?? 0) * 255);
      const center = at(2, 2) - 1;
      const [down, right] = [2 - Math.floor(center / 10), 2 - center % 10];
      shifts[fill].add(`${down},${right}`);
      if (right === 1) assert.equal(at(2, 0), fill === "zero" ? 0 : at(2, 2));
      if (down === -1) assert.equal(at(4, 2), fill === "zero" ? 0 : at(2, 2));
    }
  }
  assert.equal(shifts.reflect.size, 9);
  assert.equal(shifts.zero.size, 9);
});

onPlainEngine(
  "makeAugment() resizes the paper's crops by their boxes, sampling pixel areas",
  () => {
    // The top left 8 × 8 pixels hold blocks of 2 × 2: at half size each block is one pixel.
    const blocks = batchOf(
      1,
      8,
      (_index, row, column) => Math.floor(row / 2) * 40 + Math.floor(column / 2) * 10,
    );
    const box = (side: number): number[] => {
      const [first, last] = [(side / 4 - 1) / 2, side - (side / 4 + 1) / 2].map((place) =>
        place / 7
      );
      return [first ?? 0, first ?? 0, last ?? 0, last ?? 0];
    };
    const crop = (side: number): number[] => {
      const crops = { size: 4, boxes: Float32Array.from(box(side)) };
      return augmented(paper, { ...blocks, crops }, 1).map((value) => Math.round(value * 255));
    };
    const pixel = (row: number, column: number): number[] => Array(3).fill(row * 40 + column * 10);
    const grid = [0, 1, 2, 3].flatMap((row) =>
      [0, 1, 2, 3].flatMap((column) => pixel(row, column))
    );
    assert.deepEqual(crop(8), grid);
    // At full size the crop is the top left 4 × 4 pixels.
    const corner = [0, 0, 1, 1].flatMap((row) =>
      [0, 0, 1, 1].flatMap((column) => pixel(row, column))
    );
    assert.deepEqual(crop(4), corner);
  },
);

onPlainEngine("makeAugment() shifts the paper's colors along their principal axes", () => {
  // All variance lies along (1, 1, 1): 3 · 0.06 in units where white is 1.
  const row = [0.06 * 255 ** 2, 0.06 * 255 ** 2, 0.06 * 255 ** 2] as const;
  const colors = {
    mean: [0, 0, 0],
    standardDeviation: [0, 0, 0],
    covariance: [row, row, row],
  } as const;
  const augmentation = { ...paper, shortestSide: [4, 4], colorShift: 0.1 } as const;
  const augment = makeAugment(augmentation, rescale, colors);
  const images = augment(batchOf(2000, 4, () => 100), 3);
  const values = images.dataSync();
  images.dispose();
  const shifts = Array.from({ length: 2000 }, (_, index) => (values[index * 48] ?? 0) - 100 / 255);
  values.forEach((value, at) => {
    const shift = shifts[Math.floor(at / 48)] ?? NaN;
    assert.ok(Math.abs(value - 100 / 255 - shift) < 1e-5, "gray stays gray");
  });
  const deviation = Math.sqrt(shifts.reduce((sum, shift) => sum + shift ** 2, 0) / shifts.length);
  // 0.1 · 0.18 along an axis whose components are 1/√3 each.
  assert.ok(Math.abs(deviation / (0.018 / Math.sqrt(3)) - 1) < 0.05, `${deviation}`);
});

Deno.test("makeAugment() rejects missing color statistics, missing crops and bad shifts", () => {
  assert.throws(() => makeAugment({ ...paper, colorShift: 0.1 }, rescale), /color statistics/);
  const batch = batchOf(1, 8, () => 0);
  assert.throws(() => makeAugment(paper, rescale)(batch, 1), /augmentation's crop/);
  const wide = { kind: "translate", pixels: 8, fill: "zero", flip: false } as const;
  assert.throws(() => makeAugment(wide, rescale)(batch, 1), /less than .* 8. Received: 8/);
  assert.throws(() => makeAugment({ ...wide, pixels: 0.5 }, rescale), /Received: 0.5/);
});

Deno.test("resizeFor() and cropFor() prepare images for crops only for the paper's augmentation", () => {
  const stretch = { mode: "stretch", size: 4 } as const;
  assert.deepEqual(resizeFor(paper, stretch), { mode: "shortest-side", size: 8 });
  assert.deepEqual(cropFor(paper), { size: 4, shortestSide: [4, 8], flip: true });
  assert.equal(resizeFor(articleAugmentation, stretch), stretch);
  assert.equal(cropFor(articleAugmentation), undefined);
});

onPlainEngine("makeAugment() mirrors each image in every other pass if flips alternate", () => {
  const batch = batchOf(64, 2, (_index, _row, column) => 100 * column);
  const alternate = { kind: "translate", pixels: 0, fill: "reflect", flip: "alternate" } as const;
  const isMirrored = (epoch: number, seed: number): boolean[] => {
    const values = augmented(alternate, { ...batch, pass: { seed: 7, epoch } }, seed);
    return Array.from({ length: 64 }, (_, image) => values[image * 12]! > 0);
  };
  const first = isMirrored(0, 1);
  const count = first.filter(Boolean).length;
  assert.ok(count > 16 && count < 48, `${count} of 64`);
  assert.deepEqual(isMirrored(1, 2), first.map((mirrored) => !mirrored));
  assert.deepEqual(isMirrored(2, 3), first);
});
