import { join } from "@std/path";
import assert from "node:assert/strict";
import { parse } from "yaml";
import { summarize } from "../../lib/evaluation/metrics/summarize.ts";
import { cardMetadata } from "../../lib/report/card/metadata.ts";
import {
  type CardExport,
  cardPath,
  cardText,
  isOwnCard,
} from "../../lib/report/card/model_card.ts";
import { netMetadata } from "../../lib/runs/open_net.ts";
import type { RunRecord } from "../../lib/runs/run_record.ts";
import { exportFormats } from "../../lib/weights/export/export_weights.ts";
import { inFolder } from "../in_folder.ts";
import { exampleRecord } from "../runs/example_record.ts";
import { predictionsOf } from "./example_runs.ts";

const names = ["bison", "titi", "siamang", "drum", "vault", `"x": [<b>*_|\n- y`];
const classes = names.map((name) => ({ id: name, name }));
const record: RunRecord = {
  ...exampleRecord,
  name: "mine: a 'run'",
  data: {
    ...exampleRecord.data,
    ...{ name: "My photos", source: "/home/me/secret/photos", classes },
  },
  model: { configuration: "A", inputSize: 32, classes: classes.length },
};
const evaluation = {
  ...summarize(predictionsOf(classes), classes, { split: "validation", weights: "best" }),
};
const description = netMetadata(record);
const all = Object.entries(exportFormats).map(([format, { extension }]) => ({
  format,
  path: `/home/me/secret/net-${format}${extension}`,
})) as unknown as [CardExport, ...CardExport[]];

/** The header of a card, and the rest. */
function parts(text: string): { header: Record<string, unknown>; body: string } {
  const [, header, body] = /^---\n(.*?)\n---\n(.*)$/s.exec(text)!;
  return { header: parse(header!), body: body! };
}

/** The hub's fields, and those of an entry of its `model-index`, all or the required ones. */
const fields = ["library_name", "pipeline_tag", "tags", "datasets", "metrics", "model-index"];

Deno.test("the header of a card has the hub's fields, with the results of the evaluation", () => {
  const { header } = parts(cardText({ exports: all, description, record, evaluation }));
  for (const field of Object.keys(header)) assert.ok(fields.includes(field), field);
  assert.equal(header["pipeline_tag"], "image-classification");
  assert.deepEqual(header["metrics"], ["accuracy"]);
  const tags = header["tags"] as string[];
  for (const tag of ["vgg", "keras", "onnx", "safetensors", "tfjs", "pytorch"]) {
    assert.equal(tags.filter((each) => each === tag).length, 1, tag);
  }
  assert.deepEqual(header["model-index"], [{
    name: "mine: a 'run'",
    results: [{
      task: { type: "image-classification", name: "Image Classification" },
      dataset: { type: "my-photos", name: "My photos", split: "validation" },
      metrics: [
        {
          type: "accuracy",
          value: 0.75,
          name: "Top-1 accuracy (95 % interval: 55.1 % to 88.0 %)",
        },
        { type: "accuracy", value: evaluation.top5, name: "Top-5 accuracy" },
      ],
    }],
  }]);
  assert.ok(!("license" in header) && !("datasets" in header), "neither is known");
});

Deno.test("a card names the hub's data set only where the run was trained on it by its name", () => {
  const on = (source: string): RunRecord => ({ ...record, data: { ...record.data, source } });
  assert.deepEqual(cardMetadata(["onnx"], on("cifar10"), undefined).datasets, ["uoft-cs/cifar10"]);
  assert.equal(cardMetadata(["onnx"], on("/data/cifar10"), undefined).datasets, undefined);
});

Deno.test("a card tells training, intervals, limits and how each format is loaded", () => {
  const { body } = parts(cardText({ exports: all, description, record, evaluation }));
  assert.match(body, /^\| data set \| My photos: 24 training and 8 validation images \|$/m);
  assert.match(body, /^\| top-1 accuracy \| 75.0 % \| 55.1 % to 88.0 % \|$/m);
  assert.match(body, /^\| bison \| 3 \| 4 \| 75.0 % \| 30.1 % to 95.4 % \|$/m);
  assert.match(body, /chosen by the validation images/);
  assert.match(body, /No license is recorded/);
  assert.equal(body.match(/^```(python|js|sh)$/gm)?.length, all.length);
  assert.ok(!body.includes("secret"), "no path of this machine");
  // Outside of code, a name's markup is escaped.
  const text = body.replaceAll(/^```\w.*?^```$/gms, "");
  assert.ok(text.includes("\\<b\\>\\*\\_"), text);
  assert.ok(!text.includes("[<b>"));
});

Deno.test("a card of a file of weights says that nothing else is known", () => {
  const { header, body } = parts(cardText({ exports: all, description }));
  assert.equal(header["model-index"], undefined);
  assert.match(body, /How these weights were trained is not recorded/);
  assert.match(body, /No evaluation is recorded/);
});

Deno.test("a card is beside a file and inside a folder, and is told from files of others", () =>
  inFolder(async (folder) => {
    const path = cardPath({ format: "onnx", path: join(folder, "a.onnx") });
    assert.equal(path, join(folder, "README.md"));
    assert.equal(
      cardPath({ format: "tfjs", path: join(folder, "a") }),
      join(folder, "a", "README.md"),
    );
    assert.ok(await isOwnCard(path));
    await Deno.writeTextFile(path, "# My thesis\n");
    assert.ok(!await isOwnCard(path));
    await Deno.writeTextFile(path, cardText({ exports: all, description }));
    assert.ok(await isOwnCard(path));
  }));
