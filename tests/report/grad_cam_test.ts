import { join } from "@std/path";
import assert from "node:assert/strict";
import type { Image } from "../../lib/data/dataset.ts";
import { decodeImage } from "../../lib/data/images/decode.ts";
import { encodePng } from "../../lib/data/images/encode_png.ts";
import { tf } from "../../lib/engine/tf.ts";
import { predict } from "../../lib/evaluation/predict.ts";
import { explanationRow } from "../../lib/figures/gallery/explanation_rows.ts";
import type { Tile } from "../../lib/figures/gallery/gallery.ts";
import { imageTile } from "../../lib/figures/gallery/image_tile.ts";
import { saveExplanations } from "../../lib/figures/gallery/save_explanations.ts";
import { openExplainer } from "../../lib/report/grad_cam.ts";
import { openNet } from "../../lib/runs/open_net.ts";
import { assertClose } from "../assert_close.ts";
import { makeFormulaRun, writeFormulaData } from "../evaluation/formula_runs.ts";
import { inFolder } from "../in_folder.ts";

/** The size in which notebooks show it, so that its colors are the file's. */
const side = 160;
/** An image whose colors change slowly, so that they are the same at any size. */
const image: Image = {
  width: side,
  height: side,
  data: Uint8Array.from({ length: side * side * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    return [pixel % side, Math.floor(pixel / side), 100][at % 3]!;
  }),
};

function colorAt({ width, data }: Image, x: number, y: number): Float32Array {
  const start = (Math.floor(y) * width + Math.floor(x)) * 3;
  return Float32Array.from(data.subarray(start, start + 3));
}

function decodeTile({ image }: Tile): Promise<Image> {
  return decodeImage(Uint8Array.fromBase64(image.split(",")[1]!));
}

Deno.test("the report, notebooks and predict --explain draw the same Grad-CAM with the same words", () =>
  inFolder(async (folder) => {
    await tf.setBackend("cpu");
    await writeFormulaData(join(folder, "data"));
    const run = await makeFormulaRun(join(folder, "run"), "data", {
      configuration: "A",
      inputSize: 32,
    });
    const file = join(folder, "some.png");
    await Deno.writeFile(file, await encodePng(image));
    const net = await openNet(run.directory);
    const [predicted] = await Array.fromAsync(predict(net, [file]));
    assert.ok(predicted && "top" in predicted);
    const { label, name } = predicted.top[0]!;

    const [, inNotebook] = await explanationRow(net, (size) => decodeImage(file, size));
    const [path] = await saveExplanations(net, predicted, { folder });
    const inFile = await decodeImage(path!);
    net.model.dispose();
    using explainer = await openExplainer(run.directory);
    const prediction = { id: "some", actual: 0, predicted: label, probabilities: [1, 0, 0] };
    const [inReport] = await explainer.explain([{ prediction, tile: await imageTile(image) }]);

    assert.deepEqual(inReport, inNotebook);
    assert.ok(inReport!.captions.some(({ text }) => text === name));
    assert.equal(inReport!.scale!.low, "0");
    assert.ok(Number(inReport!.scale!.high) > 0);
    const drawn = await decodeTile(inReport!);
    assert.notDeepEqual(drawn.data, image.data);
    // The file is larger; between its pixels colors change slowly.
    const step = inFile.width / side;
    for (let row = 0; row < side; row += 7) {
      for (let column = 0; column < side; column += 7) {
        const place = [(column + 0.5) * step, (row + 0.5) * step] as const;
        assertClose(colorAt(inFile, ...place), colorAt(drawn, column, row), 4);
      }
    }
  }));
