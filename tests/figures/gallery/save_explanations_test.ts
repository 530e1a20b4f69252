import { join } from "@std/path";
import assert from "node:assert/strict";
import type { Resize } from "../../../lib/data/dataset.ts";
import { decodeImage } from "../../../lib/data/images/decode.ts";
import { encodePng } from "../../../lib/data/images/encode_png.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { predict } from "../../../lib/evaluation/predict.ts";
import { saveExplanations, stemsOf } from "../../../lib/figures/gallery/save_explanations.ts";
import { formulaNet } from "../../explain/formula_net.ts";
import { inFolder } from "../../in_folder.ts";

await tf.setBackend("cpu");

/** The sizes of the files that explain one image. */
async function sizesOf(fit: Resize, width = 60, height = 40): Promise<Record<string, number[]>> {
  const net = { ...formulaNet({ configuration: "A" }), fit };
  const sizes: Record<string, number[]> = {};
  await inFolder(async (folder) => {
    const file = join(folder, "some.image.png");
    const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => at * at % 251);
    await Deno.writeFile(file, await encodePng({ width, height, data }));
    const before = tf.memory().numTensors;
    for await (const result of predict(net, [file])) {
      assert.ok("top" in result);
      const output = join(folder, "out");
      const kinds = ["grad-cam", "guided-grad-cam"] as const;
      const paths = await saveExplanations(net, result, { folder: output, kinds });
      assert.equal(paths.length, 2);
      for (const path of paths) {
        const { width, height } = await decodeImage(path);
        sizes[path.slice(output.length + 1)] = [width, height];
      }
    }
    assert.equal(tf.memory().numTensors, before);
  });
  net.model.dispose();
  return sizes;
}

Deno.test("saveExplanations() writes the network's input enlarged and in its original shape, above a legend of 60 px", async () => {
  assert.deepEqual(await sizesOf({ mode: "stretch", size: 48 }), {
    "some.image.grad-cam.png": [648, 492],
    "some.image.guided-grad-cam.png": [648, 492],
  });
  assert.deepEqual(await sizesOf({ mode: "crop", size: 48, shortestSide: 56 }), {
    "some.image.grad-cam.png": [432, 492],
    "some.image.guided-grad-cam.png": [432, 492],
  });
});

Deno.test("saveExplanations() keeps the ends of a panorama", async () => {
  const sizes = await sizesOf({ mode: "stretch", size: 48 }, 100, 20);
  assert.deepEqual(sizes["some.image.grad-cam.png"], [432, 492]);
});

Deno.test("stemsOf() numbers equal names", () => {
  assert.deepEqual(stemsOf(["a/1.jpg", "b/1.png", "1.JPG", "2.tar.gz", "c/1-2.jpg"]), [
    ...["1", "1-2", "1-3", "2.tar", "1-2-2"],
  ]);
});
