import assert from "node:assert/strict";
import { countVGG } from "../../lib/vgg/analysis/count.ts";
import { resolveVGGOptions } from "../../lib/vgg/options.ts";

Deno.test("resolveVGGOptions() fills in the defaults", () => {
  const { configuration, inputSize, classes, dropout, head, initializer } = resolveVGGOptions();
  assert.deepEqual(
    { configuration, inputSize, classes, dropout, head, initializer },
    {
      configuration: "D",
      inputSize: 224,
      classes: 1000,
      dropout: 0.5,
      head: "4096-4096",
      initializer: "he",
    },
  );
});

Deno.test("resolveVGGOptions() has no dropout in the small head by default", () => {
  assert.equal(resolveVGGOptions({ head: "small" }).dropout, 0);
  assert.equal(resolveVGGOptions({ head: "small", dropout: 0.3 }).dropout, 0.3);
});

/** Options that a type checker would reject, with the start and the end of the error's message. */
const rejected: [options: object, start: string, received: string][] = [
  [{ configuration: "F" }, "configuration must be one of A, A-LRN, B, C, D, E", "F"],
  [{ inputSize: 31 }, "inputSize must be an integer of at least 32", "31"],
  [{ inputSize: 64.5 }, "inputSize must be an integer of at least 32", "64.5"],
  [{ channels: 0 }, "channels must be an integer of at least 1", "0"],
  [{ classes: NaN }, "classes must be an integer of at least 1", "NaN"],
  [{ batchNorm: "yes" }, "batchNorm must be one of true, false", "yes"],
  [{ batchNormMomentum: 1.5 }, "batchNormMomentum must be from 0 to 1", "1.5"],
  [{ batchNormEpsilon: 0 }, "batchNormEpsilon must be a positive number", "0"],
  [{ width: -1 }, "width must be a positive number", "-1"],
  [{ width: Infinity }, "width must be a positive number", "Infinity"],
  [{ dropout: 1 }, "dropout must be at least 0 and less than 1", "1"],
  [{ head: "none" }, "head must be one of 4096-4096, small", "none"],
  [{ convBias: 1 }, "convBias must be one of true, false", "1"],
  [{ initializer: "zeros" }, "initializer must be one of he, glorot, paper", "zeros"],
  [{ initializer: { from: "A" } }, "initializer.from must be a tf.LayersModel", "A"],
  [{ initializer: null }, "initializer must be one of", "null"],
  [{ classifierInitializer: "none" }, "classifierInitializer must be one of same, he", "none"],
  [
    { classifierInitializer: { standardDeviation: 0 } },
    "classifierInitializer.standardDeviation must be a positive number",
    "0",
  ],
  [{ seed: 0.5 }, "seed must be an integer", "0.5"],
  [{ activation: "relu" }, "activation must be one of softmax, linear", "relu"],
  [{ widht: 2 }, "VGG options must be of configuration, inputSize", "widht"],
];

for (const [options, start, received] of rejected) {
  const text = Object.entries(options).map(([key, value]) => `${key} ${Deno.inspect(value)}`);
  Deno.test(`resolveVGGOptions() rejects ${text}`, () => {
    for (const resolve of [resolveVGGOptions, countVGG]) {
      assert.throws(() => resolve(options), ({ name, message }) => {
        assert.equal(name, "OptionError");
        assert.ok(message.startsWith(start), message);
        assert.ok(message.endsWith(`. Received: ${received}`), message);
        return !message.includes("\n");
      });
    }
  });
}
