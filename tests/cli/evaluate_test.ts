import { join } from "@std/path";
import assert from "node:assert/strict";
import { Results } from "../../lib/runs/results.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { makeFormulaRun, writeFormulaData } from "../evaluation/formula_runs.ts";
import { inFolder } from "../in_folder.ts";
import { vgg } from "./support.ts";

testWithTensorFlow(
  "evaluate averages runs, crops, scales and flips, and says so",
  () =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      await writeFormulaData(data);
      const fit = { mode: "crop", size: 32 } as const;
      const network = { configuration: "A", inputSize: 32 } as const;
      await makeFormulaRun(join(folder, "one"), data, network, { fit });
      await makeFormulaRun(join(folder, "two"), data, { ...network, configuration: "B" }, { fit });
      const runs = ["--run", join(folder, "one"), "--run", join(folder, "two")];
      const output = join(folder, "together");
      const words = ["evaluate", ...runs, "--output", output, "--crops", "both"];
      const { code, out, err } = await vgg([...words, "--scales", "32,36", "--no-flip"]);
      assert.equal(code, 0, err);
      assert.match(
        out,
        /^evaluation 6 validation images of data, best weights, dense and multi-crop at 32 and 36 px, 2 runs: loss/,
      );
      assert.ok(out.endsWith(`written    ${output}\n`));
      const { crops, scales, flip, images } = await new Results(output).evaluation();
      assert.deepEqual({ crops, scales, flip, images }, {
        ...{ crops: "both", scales: [32, 36], flip: false, images: 6 },
      });
      const refused = await vgg(["evaluate", ...runs.slice(0, 2), "--scales", "32,8"]);
      assert.equal(refused.code, 2);
      assert.equal(
        refused.err.trim(),
        "error: scales must be whole numbers from 32, the input size of one, to 4096. " +
          "Received: 8",
      );
    }),
);
