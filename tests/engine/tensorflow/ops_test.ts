import assert from "node:assert/strict";
import { OptionError } from "../../../lib/errors.ts";
import { compile } from "../../../lib/engine/compile.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { assertClose } from "../../assert_close.ts";
import { countHandles, onPlainCpu, testWithTensorFlow } from "./support.ts";

const ints = (...values: number[]): tf.Tensor1D => tf.tensor1d(values, "int32");
const names = (...values: string[]): tf.Tensor1D => tf.tensor1d(values, "string");

const notANumber = 1e9;
const comparable = (value: number): number => Number.isNaN(value) ? notANumber : value;

/** Computations whose results have shapes that do not depend on values. */
const computations: Readonly<Record<string, () => tf.Tensor[]>> = {
  bitwiseAnd: () => [tf.bitwiseAnd(ints(12, -1, 7), ints(10, 5, 8))],
  denseBincount: () => [
    tf.denseBincount(ints(1, 1, 4, 9), tf.tensor1d([]), 5),
    tf.denseBincount(tf.tensor2d([[0, 2], [2, 2]], undefined, "int32"), [] as number[], 3, true),
    tf.denseBincount(ints(), tf.tensor1d([]), 2),
  ],
  searchSorted: () => [
    tf.lowerBound(tf.tensor1d([0, 3, 9, 9, 10]), tf.tensor1d([0, 4, 10, 9])),
    tf.upperBound(tf.tensor1d([0, 3, 9, 9, 10]), tf.tensor1d([0, 4, 10, 9])),
  ],
  stringToHashBucketFast: () => [tf.string.stringToHashBucketFast(names("a", "", "ä b"), 1000)],
  sign: () => [tf.sign(tf.tensor1d([-2, 0, NaN, 3])), tf.sign(ints(-5, 0, 7))],
  "step of integers": () => [tf.step(ints(-3, 0, 4), -2), tf.step(tf.tensor1d([true], "bool"))],
  "leakyRelu of integers": () => [tf.leakyRelu(ints(-3, 0, 4), 0.5)],
  "diag of booleans": () => [tf.diag(tf.tensor1d([true, false, true], "bool"))],
  "tan near its poles": () => [tf.tan(tf.tensor1d([-608065414.9, 1.5707963, 0.5]))],
  "scatterND along one axis": () => [
    tf.scatterND(ints(4, 1, 4), tf.tensor1d([1, 2, 3]), [6]),
    tf.tensorScatterUpdate(tf.zeros([3, 2]), ints(2), tf.ones([1, 2])),
  ],
  "softmax of NaN": () => [tf.softmax(tf.tensor2d([[1, NaN, 2], [1, 2, 3], [0, -Infinity, 0]]))],
  multinomialWithSeed: () => [tf.multinomial(tf.tensor1d([-99, 5]), 4, 7)],
  "multinomial of probabilities": () => [tf.multinomial(tf.tensor1d([0, 1, 0]), 4, 7, true)],
  "fused conv2d with channels first": () => {
    const image = tf.range(0, 18).reshape<tf.Tensor4D>([1, 2, 3, 3]);
    const filter = tf.range(0, 16).reshape<tf.Tensor4D>([2, 2, 2, 2]);
    const shared = { x: image, filter, strides: 1, pad: "same", dataFormat: "NCHW" } as const;
    return [
      tf.fused.conv2d({ ...shared, bias: tf.tensor1d([5, -1000]), activation: "relu" }),
      tf.fused.conv2d({
        ...shared,
        bias: tf.scalar(-500),
        activation: "prelu",
        preluActivationWeights: tf.tensor1d([0.5, 0.25]) as unknown as tf.Tensor,
      }),
    ];
  },
  rotateWithOffset: () => {
    const image = tf.range(0, 72).reshape<tf.Tensor4D>([1, 4, 6, 3]);
    return [
      tf.image.rotateWithOffset(image, Math.PI / 2),
      tf.image.rotateWithOffset(image, 0.3, [7, 8, 9], [0.25, 0.75]),
    ];
  },
};

for (const [name, compute] of Object.entries(computations)) {
  testWithTensorFlow(`${name} equals plain JavaScript's, compiled too`, async () => {
    const [before, handles] = [tf.memory().numTensors, countHandles()];
    const values = (run: () => tf.Tensor[]) => (): number[][] =>
      tf.tidy(() => run().map((tensor) => [...tensor.dataSync()].map(comparable)));
    const compiled = compile(compute);
    const [eager, traced] = [values(compute)(), values(compiled)()];
    compiled.dispose();
    const plain = await onPlainCpu(values(compute));
    for (const found of [eager, traced]) {
      found.forEach((result, index) => assertClose(result, plain[index], 1e-4));
    }
    assert.deepEqual([tf.memory().numTensors, countHandles()], [before, handles]);
  });
}

testWithTensorFlow("a seed gives the same samples each time, no seed others, compiled too", () => {
  tf.tidy(() => {
    const logits = tf.zeros<tf.Rank.R1>([1000]);
    const draw = (seed?: number) => (): tf.Tensor1D =>
      tf.multinomial(logits, 50, seed) as tf.Tensor1D;
    for (const run of [(fn: () => tf.Tensor1D) => fn, (fn: () => tf.Tensor1D) => compile(fn)]) {
      for (const seed of [1, 3.14, -5, 2 ** 40 + 1]) {
        const seeded = run(draw(seed));
        assert.deepEqual(seeded().arraySync(), seeded().arraySync());
        assert.notDeepEqual(seeded().arraySync(), run(draw(seed + 1))().arraySync());
      }
      const unseeded = run(draw());
      assert.notDeepEqual(unseeded().arraySync(), unseeded().arraySync());
    }
    assert.deepEqual(draw(7)().arraySync(), compile(draw(7))().arraySync());
  });
});

testWithTensorFlow("strings are in the order of their bytes, and broadcast", () => {
  tf.tidy(() => {
    const texts = [
      "",
      "a",
      "ab",
      "b",
      "ä",
      "日本",
      "a\0",
      "a text of more bytes than fit in place",
    ];
    const [rows, columns] = [names(...texts).expandDims(1), names(...texts)];
    const expected = (isOrdered: (a: string, b: string) => boolean): number[][] =>
      texts.map((a) => texts.map((b) => Number(isOrdered(a, b))));
    assert.deepEqual(tf.greater(rows, columns).arraySync(), expected((a, b) => a > b));
    assert.deepEqual(tf.lessEqual(rows, columns).arraySync(), expected((a, b) => a <= b));
    assert.deepEqual(tf.less(rows, columns).arraySync(), expected((a, b) => a < b));
    assert.deepEqual(tf.greaterEqual(rows, columns).arraySync(), expected((a, b) => a >= b));
    assert.deepEqual(tf.less(names(), columns.slice(0, 1)).shape, [0]);
  });
});

testWithTensorFlow("unique() holds NaN to be like NaN, and 0 like -0", () => {
  tf.tidy(() => {
    const { values, indices } = tf.unique(tf.tensor1d([NaN, 0, -0, 2, NaN]));
    assert.deepEqual([...values.dataSync()], [NaN, 0, 2]);
    assert.deepEqual(indices.arraySync(), [0, 1, 1, 2, 0]);
    const rows = tf.unique(tf.tensor2d([[1, NaN], [1, 2], [1, NaN]]), 0);
    assert.deepEqual(rows.values.shape, [2, 2]);
  });
});

testWithTensorFlow("einsum() can repeat a label, and refuses one that the inputs lack", () => {
  tf.tidy(() => {
    const x = tf.tensor2d([[1, 2], [3, 4]]);
    assert.equal(tf.einsum("ii->", x).arraySync(), 5);
    assert.throws(() => tf.einsum("ij->ik", x), /label k not present in the input/);
  });
});

testWithTensorFlow(
  "kernels refuse sizes and results that int32 cannot hold, and wrong ranks",
  () => {
    const { sparseReshape } = tf.sparse;
    const none = tf.tensor2d([], [0, 2], "int32");
    const refused: (() => unknown)[] = [
      () => tf.string.stringToHashBucketFast(names("a"), 2 ** 32 + 1),
      () => tf.denseBincount(ints(1), ints(), 2 ** 32 + 2),
      () => tf.string.stringNGrams(names("a"), ints(0, 1), "", [2 ** 32 + 1], "", "", 0, false),
      () => tf.string.stringNGrams(names("a"), ints(0, 1), "", [1], "", "", 2 ** 32, false),
      () => tf.maxPoolWithArgmax(tf.zeros<tf.Rank.R4>([1, 2, 2, 1]), 2 ** 32 + 1, 1, 0),
      () => tf.raggedGather([ints(0, 1, 3)], tf.tensor1d([1, 2, 3]), ints(1), 0),
      () => sparseReshape(none, ints(2 ** 31 - 1, 4), ints(-1)),
    ];
    for (const call of refused) {
      assert.throws(() => tf.tidy(() => call() as void), OptionError, `${call}`);
    }
    none.dispose();
  },
);

testWithTensorFlow("ragged tensors, sparse tensors and strings give their memory back", () => {
  const [before, handles] = [tf.memory().numTensors, countHandles()];
  const attempt = (call: () => unknown): void => {
    tf.tidy(() => {
      try {
        call();
      } catch (error) {
        assert.ok(error instanceof Error);
      }
    });
  };
  attempt(() => tf.string.stringSplit(names("a b", ""), tf.scalar(" ")));
  attempt(() =>
    tf.sparse.sparseReshape(tf.tensor2d([[0, 1]], [1, 2], "int32"), ints(2, 3), ints(6))
  );
  attempt(() =>
    tf.sparse.sparseReshape(tf.tensor2d([[0, 1]], [1, 2], "int32"), ints(2, 3), ints(7))
  );
  attempt(() => tf.raggedRange(ints(0, 5), ints(3, 9), ints(1, 2)));
  attempt(() => tf.raggedGather([ints(0, 1, 3)], tf.tensor1d([1, 2, 3]), ints(1, 9), 1));
  assert.deepEqual([tf.memory().numTensors, countHandles()], [before, handles]);
});
