import { join } from "@std/path";
import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { buildVGG } from "../../../lib/vgg/build.ts";
import { openNet } from "../../../lib/runs/open_net.ts";
import { saveWeights } from "../../../lib/weights/weights.ts";
import { assertClose } from "../../assert_close.ts";
import { inFolder } from "../../in_folder.ts";
import { formulaImages, setFormulaWeights } from "../../peers/formula.ts";

await tf.setBackend("cpu");

const small = { configuration: "A", inputSize: 32, classes: 3, width: 1 / 16 } as const;

Deno.test("openNet() reads a net of gray images, which gives RGB images of gray the same outputs", () =>
  inFolder(async (folder) => {
    const path = join(folder, "gray.safetensors");
    const model = buildVGG({ ...small, channels: 1 });
    setFormulaWeights(model);
    await saveWeights(model, path);
    const messages: string[] = [];
    const net = await openNet(path, { onMessage: (line) => messages.push(line) });
    assert.equal(net.network.channels, 3);
    assert.match(messages.join("\n"), /taken for gray: 0\.299 red \+ 0\.587 green \+ 0\.114 blue/);
    const colors = formulaImages(2, 32, 3);
    const gray = tf.tidy(() => tf.sum(tf.mul(colors, tf.tensor1d([0.299, 0.587, 0.114])), 3, true));
    const [expected, outputs] = [model.predict(gray), net.model.predict(colors)] as tf.Tensor[];
    assertClose(outputs!, expected!.dataSync(), 1e-5);
    tf.dispose([colors, gray, expected!, outputs!]);
    [model, net.model].forEach((one) => one.dispose());
  }));

Deno.test("openNet() refuses a net of images with four channels, in one line", () =>
  inFolder(async (folder) => {
    const path = join(folder, "rgba.safetensors");
    const model = buildVGG({ ...small, channels: 4 });
    await saveWeights(model, path);
    model.dispose();
    await assert.rejects(
      openNet(path),
      /^WeightsError: .*reads images of 4 channels; images here have 3/,
    );
  }));
