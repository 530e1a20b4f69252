import assert from "node:assert/strict";
import type { VGGOptions } from "../../lib/vgg/options.ts";
import { inferNetwork } from "../../lib/weights/network/infer_network.ts";
import { weightShapes } from "../../lib/weights/weight_shapes.ts";

/** The shapes of a network's arrays. */
function shapesOf(network: VGGOptions): Map<string, { shape: number[] }> {
  return new Map([...weightShapes(network)].map(([name, shape]) => [name, { shape }]));
}

for (const width of [1, 0.5, 0.3, 0.25, 0.1, 1 / 64]) {
  for (const head of ["small", "4096-4096"] as const) {
    Deno.test(`inferNetwork() recognizes a net of width ${width} with the head ${head}`, () => {
      for (const configuration of ["A", "B", "C", "D", "E"] as const) {
        const network = { configuration, width, head, classes: 7, inputSize: 96, convBias: false };
        const shapes = shapesOf({ ...network, batchNorm: true });
        const found = inferNetwork("net.h5", shapes, { inputSize: 96 });
        assert.deepEqual(weightShapes(found), weightShapes({ ...network, batchNorm: true }));
        assert.equal(found.configuration, configuration);
      }
    });
  }
}

Deno.test("inferNetwork() lists arrays and shapes that no net of the paper has", () => {
  const shapes = shapesOf({ configuration: "A", classes: 3, inputSize: 32, head: "small" });
  shapes.set("block3_conv1/kernel", { shape: [3, 3, 128, 200] });
  shapes.set("block9/kernel", { shape: [1] });
  assert.throws(
    () => inferNetwork("net.h5", shapes, {}),
    /net\.h5 does not fit: block3_conv1\/kernel is \[3,3,128,200\] and should be \[3,3,128,256\]; block9\/kernel is unknown/,
  );
});
