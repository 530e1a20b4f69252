import { join } from "@std/path";
import assert from "node:assert/strict";
import { encodePng } from "../../lib/data/images/encode_png.ts";
import { writeDemo } from "../../lib/demo/write_demo.ts";
import { useEngine } from "../../lib/engine/use_engine.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import type { VGGOptions } from "../../lib/vgg/options.ts";
import type { NetDescription } from "../../lib/weights/net.ts";
import { saveWeights } from "../../lib/weights/weights.ts";
import { inFolder } from "../in_folder.ts";
import { findChromium } from "../notebooks/browser.ts";
import { formulaValues } from "../peers/formula.ts";
import { correlation, explainAll, largestDifference, predictAll } from "./compare.ts";
import { openDemo, openDemoBrowser, told } from "./demo_browser.ts";

const chromium = await findChromium();
const note = chromium ? "" : " (skipped: there is no Chromium)";

const nets: readonly (readonly [string, VGGOptions & { inputSize: number }])[] = [
  ["fully connected layers, in files beside the page", { inputSize: 32, width: 0.4 }],
  ["response normalization", { configuration: "A-LRN", inputSize: 64, width: 1 / 16 }],
  ["whitening, early poolings, GELU and a maximum", {
    ...{ configuration: "S", inputSize: 32, width: 1 / 4, head: "max", whitening: true },
    ...{ nonlinearity: "gelu", batchNorm: true, batchNormScale: false, convBias: false },
  }],
  ["convolutions of 1 × 1", { configuration: "C", inputSize: 80, width: 1 / 16, head: "small" }],
];

/** Writes an untrained net whose classes differ, as a file. */
async function writeNet(path: string, options: VGGOptions & { inputSize: number }): Promise<void> {
  const network = { configuration: "A", classes: 7, ...options } as const;
  const model = buildVGG({
    ...network,
    activation: "linear",
    // The wider the layer before it, the further apart are the classes.
    classifierInitializer: { standardDeviation: options.width === 0.4 ? 0.05 : 0.5 },
  });
  const description: NetDescription = {
    network,
    classes: Array.from({ length: 7 }, (_, label) => ({ id: `${label}`, name: `<b>${label}</b>` })),
    fit: { mode: "crop", size: network.inputSize, shortestSide: network.inputSize + 9 },
    normalization: { kind: "standardize", mean: [120, 115, 100], deviation: [60, 57, 58] },
    flipAtTest: true,
  };
  await saveWeights(model, path, description);
  model.dispose();
}

for (const [about, options] of nets) {
  Deno.test({
    name: `a demo of a net with ${about}, from a weights file${note}`,
    ignore: !chromium,
    fn: () =>
      inFolder(async (folder) => {
        await useEngine();
        const [weights, picture] = [join(folder, "net.safetensors"), join(folder, "picture.png")];
        await writeNet(weights, options);
        const data = Uint8Array.from(
          formulaValues(120 * 100 * 3, 9),
          (value, at) => 128 + 60 * value + 60 * Math.sin(at / 900),
        );
        await Deno.writeFile(picture, await encodePng({ width: 120, height: 100, data }));
        const isLarge = options.width === 0.4;
        const { path, accuracy } = await writeDemo(weights, {
          precision: "float32",
          ...(isLarge ? { folder: true } : {}),
        });
        assert.equal(accuracy, undefined);
        assert.equal(path, join(folder, isLarge ? "net-demo/index.html" : "net-demo.html"));
        if (isLarge) {
          const parts = await Array.fromAsync(Deno.readDir(join(folder, "net-demo", "weights")));
          assert.ok(parts.length >= 2);
        }
        await using browser = await openDemoBrowser(chromium!, "--disable-gpu");
        await using opened = await openDemo(browser, path);
        const { page, flaws } = opened;
        await page.setInputFiles("#file", picture);
        const [answer] = await told(page, "answer", 1);
        const expected = (await predictAll(weights, [picture])).get("picture.png")!;
        assert.ok(Math.max(...expected) < 0.99, `${expected}`);
        assert.ok(largestDifference(answer!.probabilities, expected) < 1e-3);
        const { label, values, width } = (await told(page, "explanation", 1))[0]!;
        const theirs = (await explainAll(weights, picture))[label]!;
        assert.equal(width, options.configuration === "S" ? 3 : options.inputSize / 16);
        assert.equal(values.length, theirs.length);
        assert.ok(correlation(values, theirs) > 0.99, `${values} for ${theirs}`);
        const name = await page.locator(".top .name").first().textContent();
        assert.equal(name, `<b>${label}</b>`);
        const about = await page.locator("[aria-labelledby=about]").textContent();
        assert.match(about!, /was not measured: there are no validation pictures/);
        assert.deepEqual(flaws, []);
      }),
  });
}
