import assert from "node:assert/strict";
import { displaySymbol, isShowable, metadataType } from "../../lib/display/bundle.ts";
import { summarize } from "../../lib/evaluation/metrics/summarize.ts";
import { figureBundle } from "../../lib/figures/render/figure_bundle.ts";
import type { Metadata } from "sharp";
import { buildVGG, learningCurvesFigure, loadDataset, show } from "../../lib/mod.ts";
import { Results } from "../../lib/runs/results.ts";
import { Run } from "../../lib/runs/run.ts";
import { inFolder } from "../in_folder.ts";
import { redImage } from "../figures/support.ts";
import { exampleRecord } from "../runs/example_record.ts";
import { printed } from "./support.ts";

const epoch = { epoch: 1, loss: 2, accuracy: 0.2, val_loss: 1.9, val_accuracy: 0.3 };
const history = [{ ...epoch, lr: 0.01, seconds: 60, images_per_second: 88 }];
const figure = learningCurvesFigure(history);

/** The plain text with which a value shows itself. */
async function textOf(value: unknown): Promise<string> {
  assert.ok(isShowable(value));
  return (await value[displaySymbol]())["text/plain"];
}

Deno.test("a model shows its layers and their parameters", async () => {
  const model = buildVGG({ configuration: "A", inputSize: 32, classes: 10, head: "small" });
  const lines = (await textOf(model)).split("\n");
  assert.match(lines.find((line) => line.startsWith("block1_conv1"))!, /32 × 32 × 64 +1,792$/);
  // Eight convolutions by the paper's table 1, and 512 × 10 + 10 for the classes.
  assert.match(lines.at(-1)!, /^ +9,225,610$/);
  model.dispose();
});

Deno.test("a data set shows its classes and their numbers of images", async () => {
  const lines = (await textOf(await loadDataset("drawn10"))).split("\n");
  assert.match(lines.find((line) => line.includes("bison"))!, /^n02410509 +bison +400 +50$/);
  assert.match(lines.at(-1)!, /10 classes +4,000 +500$/);
});

Deno.test("an evaluation shows its summary and its classes, computed or read", () =>
  inFolder(async (folder) => {
    const classes = [{ id: "a", name: "apple" }, { id: "b", name: "berry" }];
    const predictions = [
      { id: "1", actual: 0, predicted: 0, probabilities: [0.9, 0.1] },
      { id: "2", actual: 0, predicted: 1, probabilities: [0.2, 0.8] },
    ];
    const evaluation = summarize(predictions, classes, { split: "validation", weights: "best" });
    const results = new Results(folder);
    await results.writeEvaluation(evaluation);
    for (const value of [evaluation, await results.evaluation()]) {
      const text = await textOf(value);
      assert.match(text, /^2 validation images, best weights: top-1 50\.0 %, loss/);
      assert.match(text, /^apple +1 +2 +50\.0 % +9\.5 % to 90\.5 %$/m);
      assert.match(text, /^berry +0 +0 +no images$/m);
    }
  }));

Deno.test("an evaluation names its images, and top-5 where there are more than five classes", async () => {
  const data = { name: "photos", source: "/photos", digest: "0", broken: 0, unknown: 0 };
  const context = { split: "test", data, weights: "last" } as const;
  const titleFor = async (count: number): Promise<string> => {
    const classes = Array.from(
      { length: count },
      (_, index) => ({ id: `${index}`, name: `${index}` }),
    );
    const probabilities = classes.map(() => 1 / count);
    const prediction = { id: "1", actual: 0, predicted: 0, probabilities };
    return (await textOf(summarize([prediction], classes, context))).split("\n")[0]!;
  };
  assert.equal(
    await titleFor(5),
    "1 test image of photos, last weights: top-1 100.0 %, loss 1.609",
  );
  assert.match(await titleFor(6), /: top-1 100\.0 %, top-5 0\.0 %, loss 1\.792$/);
});

Deno.test("a run shows its settings, its result and its folder", () =>
  inFolder(async (folder) => {
    const run = await Run.create(`${folder}/mine`, exampleRecord);
    const result = { epochs: 3, best_epoch: 2, best_val_accuracy: 0.75, seconds: 70 };
    await run.update({ status: "finished", result });
    const text = await textOf(run);
    assert.match(text, /^Run mine$/m);
    assert.match(text, /^trained +3 epochs in 1 min 10 s$/m);
    assert.match(text, /^best epoch +2: 75\.0 % of the validation images right$/m);
    assert.ok(text.includes(`${folder}/mine`));
  }));

Deno.test("a figure shows itself as an image of its size and as Plotly's JSON", async () => {
  assert.ok(isShowable(figure));
  const bundle = await figure[displaySymbol]();
  const { width, height } = figure.layout;
  const size = await pngInfo(bundle["image/png"]!);
  assert.deepEqual([size.width, size.height, size.density], [width, height, 72]);
  assert.deepEqual(bundle[metadataType], {
    "image/png": {
      width,
      height,
      alt: "Learning curves. train, validation",
      needs_background: "light",
    },
  });
  assert.equal(bundle["text/plain"], `figure learning_curves, ${width} × ${height} px`);
  const json = JSON.stringify(bundle["application/vnd.plotly.v1+json"]);
  assert.ok(json.length < 20_000, `${json.length} bytes`);
});

Deno.test("a figure without data, or too wide for a notebook, is an image of twice its size", async () => {
  const { data, layout } = figure;
  for (
    const other of [{ ...figure, data: [] }, {
      name: "wide",
      data,
      layout: { ...layout, width: 1400 },
    }]
  ) {
    const bundle = await figureBundle(other);
    assert.equal(bundle["application/vnd.plotly.v1+json"], undefined);
    const { width, height } = other.layout;
    const size = await pngInfo(bundle["image/png"]!);
    assert.deepEqual([size.width, size.height, size.density], [2 * width!, 2 * height!, 144]);
    assert.equal(bundle[metadataType]!["image/png"].width, width);
  }
});

Deno.test("show() prints any value as text outside notebooks", async () => {
  const lines = await printed(() => show("a text", { a: [1, 2] }, figure));
  assert.deepEqual(lines, [
    "a text",
    "{ a: [ 1, 2 ] }",
    `figure learning_curves, ${figure.layout.width} × ${figure.layout.height} px`,
  ]);
});

Deno.test("photographs are marked as not to be inverted; headings lose their markup", async () => {
  const title = "<b>Apples &amp; pears, in</b><br><b>two lines</b><br><span>40 images</span>";
  const photographs = {
    name: "gallery",
    data: [],
    layout: { width: 60, height: 60, title: { text: title }, images: [{ source: redImage }] },
  };
  const bundle = await figureBundle(photographs);
  assert.deepEqual(bundle[metadataType]!["image/png"], {
    width: 60,
    height: 60,
    alt: "Apples & pears, in two lines. 40 images",
  });
});

async function pngInfo(base64: string): Promise<Metadata> {
  const { default: sharp } = await import("sharp");
  return await sharp(Uint8Array.fromBase64(base64)).metadata();
}
