import assert from "node:assert/strict";
import { measureColors } from "../../../lib/data/augment/colors.ts";
import { principalAxes } from "../../../lib/data/augment/pca.ts";
import { prepareImages } from "../../../lib/data/pipeline/prepared_split.ts";
import { cifar10 } from "../../../lib/data/sources/cifar10.ts";
import { graySplit, sharedData, withSharedData } from "../support.ts";
import { largestDifference } from "./support.ts";

Deno.test("measureColors() gives mean, deviation and covariance over all pixels", async () => {
  const pixels = [[10, 20, 30], [30, 20, 70], [50, 20, 20], [70, 20, 60]];
  const split = {
    ...graySplit([0, 0]),
    image: (index: number) =>
      Promise.resolve({
        width: 2,
        height: 1,
        data: Uint8Array.from(pixels.slice(index * 2, index * 2 + 2).flat()),
      }),
  };
  const prepared = await prepareImages(split, { mode: "stretch", size: 2 });
  const { mean, standardDeviation, covariance } = await measureColors(prepared);
  assert.deepEqual(mean, [40, 20, 45]);
  // NumPy: np.std(pixels, axis=0) and np.cov(pixels.T, bias=True)
  assert.ok(largestDifference(standardDeviation, [22.360679775, 0, 20.615528128]) < 1e-8);
  assert.ok(largestDifference(covariance.flat(), [500, 0, 100, 0, 0, 0, 100, 0, 425]) < 1e-9);
});

withSharedData("measureColors() agrees with CIFAR-10's published statistics", async () => {
  const { train } = await cifar10(`${sharedData}/cifar10/cifar-10-batches-bin`);
  const prepared = await prepareImages(train, { mode: "stretch", size: 32 });
  // Over all 50,000 images: 125.3, 123.0, 113.9 and 63.0, 62.1, 66.7. The data here has 13,000 of them.
  for (const maximumPixels of [2 ** 26, 2 ** 20]) {
    const { mean, standardDeviation } = await measureColors(prepared, { maximumPixels });
    assert.ok(largestDifference(mean, [125.3, 123.0, 113.9]) < 1, `${mean}`);
    assert.ok(largestDifference(standardDeviation, [63.0, 62.1, 66.7]) < 1, `${standardDeviation}`);
  }
});

Deno.test("principalAxes() finds the eigenvectors of a covariance matrix", () => {
  // The matrix has eigenvalues 9, 4 and 1 along (2, 2, 1)/3, (-2, 1, 2)/3 and (1, -2, 2)/3.
  const directions = [[2, 2, 1], [-2, 1, 2], [1, -2, 2]].map((row) => row.map((part) => part / 3));
  const entry = (row: number, column: number): number =>
    [9, 4, 1].reduce(
      (sum, value, axis) =>
        sum + value * (directions[axis]?.[row] ?? 0) * (directions[axis]?.[column] ?? 0),
      0,
    );
  const axes = principalAxes([
    [entry(0, 0), entry(0, 1), entry(0, 2)],
    [entry(1, 0), entry(1, 1), entry(1, 2)],
    [entry(2, 0), entry(2, 1), entry(2, 2)],
  ]);
  assert.ok(largestDifference(axes.map(({ variance }) => variance), [9, 4, 1]) < 1e-12);
  axes.forEach(({ direction }, axis) => {
    const sign = Math.sign(direction[0]) * Math.sign(directions[axis]?.[0] ?? 0);
    const expected = directions[axis]?.map((part) => part * sign) ?? [];
    assert.ok(largestDifference(direction, expected) < 1e-12);
  });
});
