import { join } from "@std/path";
import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { openRun } from "../../lib/runs/run.ts";
import { writeFormulaData } from "../evaluation/formula_runs.ts";
import { inFolder } from "../in_folder.ts";
import { writeTiny } from "../training/tiny_set.ts";
import { writeUndescribed } from "../weights/undescribed_files.ts";
import { vgg } from "./support.ts";

await tf.setBackend("cpu");

const engine = ["--engine", "cpu"];

/** The lines of a text that say what is assumed. */
function assumptionsIn(text: string): string[] {
  return text.split("\n").filter((line) => line.includes("assumed"));
}

Deno.test("predict says on one line which preprocessing it assumes, and predicts with that", () =>
  inFolder(async (folder) => {
    const files = await writeUndescribed(folder);
    await writeFormulaData(join(folder, "data"));
    const image = join(folder, "data/val/b/1.png");
    for (const framework of ["keras", "torchvision"] as const) {
      const words = ["predict", image, "--weights", files[framework], "--json", ...engine];
      const assumed = await vgg(words);
      assert.equal(assumed.code, 0, assumed.err);
      const [line, ...others] = assumptionsIn(assumed.err);
      assert.match(line ?? "", new RegExp(`: assumed ${framework} \\(.*--preprocessing keras`));
      assert.deepEqual(others, []);
      const named = await vgg([...words, "--preprocessing", framework]);
      assert.deepEqual(assumptionsIn(named.err), []);
      assert.equal(assumed.out, named.out);
      const other = await vgg([...words, "--preprocessing", "rescale"]);
      assert.notEqual(assumed.out, other.out);
    }
  }));

Deno.test("train --weights says which preprocessing it assumes, and notes it among its warnings", () =>
  inFolder(async (folder) => {
    const files = await writeUndescribed(folder);
    await writeTiny(join(folder, "data"));
    const means = [["keras", 123.68], ["torchvision", 0.485 * 255]] as const;
    for (const [framework, mean] of means) {
      const path = files[framework];
      const run = join(folder, framework);
      const words = ["train", "--data", join(folder, "data"), "--weights", path, "--run", run];
      const { code, err } = await vgg([...words, "--recipe", "features", ...engine]);
      assert.equal(code, 0, err);
      const { warnings, data } = (await openRun(run)).record;
      assert.equal(data.normalization.mean[0], mean);
      assert.equal(warnings.filter((line) => line.includes("assumed")).length, 1);
      assert.match(
        warnings[0]!,
        new RegExp(`^${path} does not specify .*: assumed ${framework} \\(`),
      );
      assert.deepEqual(assumptionsIn(err), [`warning    ${warnings[0]}`]);
    }
  }));

Deno.test("predict --class-names names the classes of a file, or says how many it has", () =>
  inFolder(async (folder) => {
    const { torchvision } = await writeUndescribed(folder, { classes: 3 });
    await writeFormulaData(join(folder, "data"));
    const names = join(folder, "names.txt");
    await Deno.writeTextFile(names, "cat\ndog\nhorse");
    const image = join(folder, "data/val/b/1.png");
    const words = ["predict", image, "--weights", torchvision, "--class-names", names, ...engine];
    const { code, out, err } = await vgg([...words, "--json"]);
    assert.equal(code, 0, err);
    const { top5 } = JSON.parse(out) as { top5: { name: string }[] };
    assert.deepEqual(top5.map(({ name }) => name).sort(), ["cat", "dog", "horse"]);
    await Deno.writeTextFile(names, "cat\ndog");
    const wrong = await vgg(words);
    assert.equal(wrong.code, 2);
    assert.match(
      wrong.err,
      /torchvision\.safetensors has 3 classes\. Received: 2 names of classes/,
    );
  }));
