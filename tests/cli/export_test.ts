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
    assert.equal(own.out, `${join(run, "vgg-a-tfjs")} holds VGG A at 32 px with 3 classes\n`);
    assert.equal(own.err, "");
    assert.ok((await Deno.stat(join(run, "vgg-a-tfjs", "model.json"))).isFile);
    const torch = await vgg(["export", "--run", run, "--format", "torchvision"]);
    assert.equal(torch.code, 0, torch.err);
    assert.match(
      torch.err,
      /^torchvision's own vgg11\(\) cannot load it because it has images of 32 px .*\n$/,
    );
    const output = join(folder, "net.onnx");
    const words = ["export", "--weights", join(golden, "torch.pth"), "--format", "onnx"];
    const other = await vgg([...words, "--output", output]);
    assert.equal(other.code, 0, other.err);
    assert.ok((await Deno.stat(output)).isFile);
  }));

Deno.test("export refuses a hostile file with one line and status 2", async () => {
  const { code, err } = await vgg(["export", "--weights", join(golden, "hostile.pth")]);
  assert.equal(code, 2);
  assert.match(err, /^error: .*hostile\.pth .*contains posix\.system.*\n$/);
});
