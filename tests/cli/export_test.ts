import { join } from "@std/path";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { makeFormulaRun, writeFormulaData } from "../evaluation/formula_runs.ts";
import { inFolder } from "../in_folder.ts";
import { vgg } from "./support.ts";

const golden = fileURLToPath(new URL("../weights/golden", import.meta.url));

Deno.test("export writes a run's net into its folder, and a file's where it is asked to", () =>
  inFolder(async (folder) => {
    const data = join(folder, "data");
    await writeFormulaData(data);
    const run = join(folder, "run");
    const network = { configuration: "A", inputSize: 32 } as const;
    await makeFormulaRun(run, data, network, { fit: { mode: "crop", size: 32 } });
    const own = await vgg(["export", "--run", run, "--format", "tfjs"]);
    assert.equal(own.code, 0, own.err);
    const [holds, input] = own.out.split("\n");
    assert.equal(holds, `${join(run, "vgg-a-tfjs")} holds VGG A at 32 px with 3 classes`);
    assert.match(
      input!,
      /^input: RGB pixels from 0 to 255, shortest side 32 px, its center of 32×32 px, minus mean \[.*\], divided by deviation \[.*\]; also in model\.json, userDefinedMetadata$/,
    );
    assert.equal(own.err, "");
    assert.ok((await Deno.stat(join(run, "vgg-a-tfjs", "model.json"))).isFile);
    const inside = await Deno.readTextFile(join(run, "vgg-a-tfjs", "README.md"));
    assert.match(inside, /^tags:\n(?: {2}- .*\n)* {2}- tfjs$/m);
    const torch = await vgg(["export", "--run", run, "--format", "torchvision"]);
    assert.equal(torch.code, 0, torch.err);
    assert.match(
      torch.err,
      /vgg_a_torchvision\.py makes the module and loads it: .* \(torchvision's own vgg11\(\) cannot because it has images of 32 px .*\)\n$/,
    );
    assert.ok((await Deno.stat(join(run, "vgg_a_torchvision.py"))).isFile);
    assert.match(torch.out, /\nmodel card .*README\.md\n$/);
    const card = join(folder, "README.md");
    await Deno.writeTextFile(card, "a thesis");
    const output = join(folder, "net.onnx");
    const words = ["export", "--weights", join(golden, "torch.pth"), "--format", "onnx"];
    const other = await vgg([...words, "--output", output]);
    assert.equal(other.code, 0, other.err);
    assert.ok((await Deno.stat(output)).isFile);
    assert.match(other.err, /no model card: .*README\.md exists; --force overwrites it\n$/);
    assert.equal(await Deno.readTextFile(card), "a thesis");
    // The run's own exports are replaced, a file that the user names is not.
    const again = await vgg(["export", "--run", run, "--format", "tfjs"]);
    assert.equal(again.code, 0, again.err);
    await Deno.writeTextFile(output, "a thesis");
    const theirs: [string, string][] = [["onnx", output], ["tfjs", run]];
    for (const [format, path] of theirs) {
      const refused = await vgg([...words.slice(0, 4), format, "--output", path]);
      assert.equal(refused.code, 2, refused.err);
      assert.equal(
        refused.err.trim().split("\n").at(-1),
        `error: nothing is overwritten without --force. Received: ${path}, which exists`,
      );
    }
    assert.equal(await Deno.readTextFile(output), "a thesis");
    const forced = await vgg([...words, "--output", output, "--force"]);
    assert.equal(forced.code, 0, forced.err);
    assert.ok((await Deno.stat(output)).size > 1000);
    assert.match(await Deno.readTextFile(card), /^---\npipeline_tag: image-classification$/m);
  }));

Deno.test("export refuses a hostile file with one line and status 2", async () => {
  const { code, err } = await vgg(["export", "--weights", join(golden, "hostile.pth")]);
  assert.equal(code, 2);
  assert.match(err, /^error: .*hostile\.pth .*contains posix\.system.*\n$/);
});

Deno.test("report writes over no file that --output names without --force", () =>
  inFolder(async (folder) => {
    const path = join(folder, "thesis.html");
    await Deno.writeTextFile(path, "mine");
    const { code, err } = await vgg(["report", "--run", folder, "--output", path]);
    assert.equal(code, 2);
    assert.equal(
      err,
      `error: nothing is overwritten without --force. Received: ${path}, which exists\n`,
    );
    assert.equal(await Deno.readTextFile(path), "mine");
  }));
