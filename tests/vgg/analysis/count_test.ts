import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { countVGG } from "../../../lib/vgg/analysis/count.ts";
import { buildVGG } from "../../../lib/vgg/build.ts";
import type { ConfigurationName } from "../../../lib/vgg/configurations.ts";
import type { VGGOptions } from "../../../lib/vgg/options.ts";

interface Published {
  weightLayers: number;
  thousandClasses: number;
  tenClasses: number;
  batchNormAdds: number;
  gigaMACs: string;
  cifar: number;
}

/** The weight layers of the paper's table 1, and torchvision's and Keras's counts of the same networks. */
const published: Record<ConfigurationName, Published> = {
  A: {
    weightLayers: 11,
    thousandClasses: 132_863_336,
    tenClasses: 128_807_306,
    batchNormAdds: 5_504,
    gigaMACs: "7.61",
    cifar: 9_231_114,
  },
  "A-LRN": {
    weightLayers: 11,
    thousandClasses: 132_863_336,
    tenClasses: 128_807_306,
    batchNormAdds: 5_504,
    gigaMACs: "7.61",
    cifar: 9_231_114,
  },
  B: {
    weightLayers: 13,
    thousandClasses: 133_047_848,
    tenClasses: 128_991_818,
    batchNormAdds: 5_888,
    gigaMACs: "11.31",
    cifar: 9_416_010,
  },
  C: {
    weightLayers: 16,
    thousandClasses: 133_638_952,
    tenClasses: 129_582_922,
    batchNormAdds: 8_448,
    gigaMACs: "11.77",
    cifar: 10_009_674,
  },
  D: {
    weightLayers: 16,
    thousandClasses: 138_357_544,
    tenClasses: 134_301_514,
    batchNormAdds: 8_448,
    gigaMACs: "15.47",
    cifar: 14_728_266,
  },
  E: {
    weightLayers: 19,
    thousandClasses: 143_667_240,
    tenClasses: 139_611_210,
    batchNormAdds: 11_008,
    gigaMACs: "19.63",
    cifar: 20_040_522,
  },
};

for (const [name, expected] of Object.entries(published)) {
  const configuration = name as ConfigurationName;

  Deno.test(`countVGG() gives the published numbers of ${configuration}`, () => {
    const { layers, parameters, macs, weightBytes } = countVGG({ configuration });
    const normalized = countVGG({ configuration, batchNorm: true });
    const weightLayers = layers.filter(({ kind }) => ["convolution", "dense"].includes(kind));
    assert.equal(weightLayers.length, expected.weightLayers);
    assert.equal(parameters, expected.thousandClasses);
    assert.equal(weightBytes, 4 * expected.thousandClasses);
    assert.equal((macs / 1e9).toFixed(2), expected.gigaMACs);
    assert.equal(countVGG({ configuration, classes: 10 }).parameters, expected.tenClasses);
    assert.equal(normalized.parameters - parameters, expected.batchNormAdds);
    assert.equal(normalized.nonTrainableParameters, expected.batchNormAdds);
  });

  Deno.test(`countVGG() gives the published number of ${configuration} in its CIFAR form`, () => {
    const form = { inputSize: 32, classes: 10, batchNorm: true, head: "small" } as const;
    assert.equal(countVGG({ configuration, ...form }).parameters, expected.cifar);
  });

  Deno.test(`countVGG() agrees with the built network ${configuration}`, async () => {
    await tf.setBackend("cpu");
    const forms: VGGOptions[] = [
      { inputSize: 70, batchNorm: true, classes: 7 },
      { inputSize: 33, head: "small", convBias: false, channels: 1, dropout: 0.2 },
    ];
    for (const form of forms) compareWithBuilt({ configuration, width: 1 / 16, ...form });
  });
}

function compareWithBuilt(options: VGGOptions): void {
  const count = countVGG(options);
  const model = buildVGG(options);
  assert.equal(count.parameters + count.nonTrainableParameters, model.countParams());
  assert.deepEqual(
    count.layers.map(({ name, outputShape }) => [name, [null, ...outputShape]]),
    model.layers.map(({ name, outputShape }) => [name, outputShape]),
  );
  model.dispose();
}

Deno.test("countVGG() counts the activations of D at 224 pixels as by hand", () => {
  const { activationBytes } = countVGG({ dropout: 0 });
  // Two 64-channel maps of the full size are the largest input and output in memory together.
  assert.equal(activationBytes.inference, 4 * 2 * 224 * 224 * 64);
  const maps = [
    [224, 3 + 64 + 64],
    [112, 64 + 128 + 128],
    [56, 128 + 256 * 3],
    [28, 256 + 512 * 3],
    [14, 512 + 512 * 3],
    [7, 512],
  ];
  const values = maps.reduce((total, [side = 0, channels = 0]) => total + side ** 2 * channels, 0);
  assert.equal(activationBytes.training, 4 * (values + 4096 + 4096 + 1000));
});

Deno.test("countVGG() lists a layer's costs", () => {
  const layers = countVGG({ configuration: "C", inputSize: 32 }).layers;
  assert.deepEqual(layers.find(({ name }) => name === "block3_conv3"), {
    name: "block3_conv3",
    kind: "convolution",
    outputShape: [8, 8, 256],
    parameters: 256 * 256 + 256,
    nonTrainableParameters: 0,
    macs: 8 * 8 * 256 * 256,
    activationBytes: 4 * 8 * 8 * 256,
  });
});

Deno.test("countVGG() counts the network S as its definition says", () => {
  const { parameters, nonTrainableParameters, macs } = countVGG(cifarNetwork);
  // Kernels of 2 × 2 and 3 × 3 on maps of 31, 15, 7 and 3 pixels, and the classes.
  const kernels = [[9 * 24 * 64, 31], [9 * 64 * 64, 15], [9 * 64 * 256, 15]];
  kernels.push([9 * 256 * 256, 7], [9 * 256 * 256, 7], [9 * 256 * 256, 3]);
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const whitening = 4 * 3 * 24;
  assert.equal(
    macs,
    whitening * 31 * 31 + sum(kernels.map(([count, side]) => count! * side! * side!)) + 2560,
  );
  const offsets = 2 * (64 + 256 + 256);
  assert.equal(parameters, 24 + sum(kernels.map(([count]) => count!)) + offsets + 2570);
  assert.equal(nonTrainableParameters, whitening + 3 * offsets);
  const model = buildVGG({ ...cifarNetwork, width: 1 / 16 });
  const counted = countVGG({ ...cifarNetwork, width: 1 / 16 });
  assert.equal(model.countParams(), counted.parameters + counted.nonTrainableParameters);
  assert.deepEqual(model.outputShape, [null, 10]);
  model.dispose();
});

const cifarNetwork: VGGOptions = {
  ...{ configuration: "S", inputSize: 32, classes: 10, head: "max", whitening: true },
  ...{ nonlinearity: "gelu", batchNorm: true, batchNormScale: false, convBias: false },
};
