import { join } from "@std/path";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { tf } from "../../lib/engine/tf.ts";
import { evaluate } from "../../lib/evaluation/evaluate.ts";
import { evaluateWeights } from "../../lib/evaluation/evaluate_weights.ts";
import { openDescribedWeights } from "../../lib/runs/open_net.ts";
import { Results } from "../../lib/runs/results.ts";
import { exportWeights } from "../../lib/weights/export/export_weights.ts";
import { assertClose } from "../assert_close.ts";
import { vgg } from "../cli/support.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { inFolder } from "../in_folder.ts";
import { makeFormulaRun, writeFormulaData } from "./formula_runs.ts";
import { writeUndescribed } from "../weights/undescribed_files.ts";
import { numbers, writePictures } from "./own_images.ts";

const network = { configuration: "A", inputSize: 32 } as const;

async function probabilitiesIn(folder: string): Promise<number[]> {
  return (await new Results(folder).predictions()).flatMap(({ probabilities }) => probabilities);
}

testWithTensorFlow(
  "a file's net gives what its run gives, and the results name it",
  () =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      await writeFormulaData(data);
      const run = await makeFormulaRun(join(folder, "run"), data, network);
      const file = join(folder, "net.safetensors");
      {
        using weights = await openDescribedWeights(run.directory);
        await exportWeights(weights, "safetensors", file);
      }
      const before = tf.memory().numTensors;
      const options = { crops: "both", scales: [32, 36], flip: true } as const;
      const own = await evaluate(run, options);
      const output = join(folder, "output");
      const told: string[] = [];
      const evaluation = await evaluateWeights(file, {
        ...{ ...options, data, output },
        onMessage: (line) => told.push(line),
      });
      assert.equal(tf.memory().numTensors, before);
      assert.deepEqual(told, [
        `measured on the validation images of ${data} (--split all for all of its images)`,
      ]);
      assertClose(await probabilitiesIn(output), await probabilitiesIn(run.directory), 1e-6);
      const digest = createHash("sha256").update(await Deno.readFile(file)).digest("hex");
      const { weights, weights_file, runs, split } = evaluation;
      assert.deepEqual({ weights, weights_file, runs, split }, {
        ...{ weights: "file", weights_file: { path: file, digest } },
        ...{ runs: undefined, split: "validation" },
      });
      assert.deepEqual({ ...evaluation.data }, {
        ...{ name: "data", source: data, digest: own.data?.digest, broken: 0, unknown: 0 },
      });
      assert.deepEqual({ ...await new Results(output).evaluation() }, { ...evaluation });
      // The folder has results of no run and is taken again; a run's is not.
      await evaluateWeights(file, { data, output });
      await assert.rejects(
        evaluateWeights(file, { data, output: run.directory }),
        /results need a folder that is new/,
      );
    }),
);

testWithTensorFlow(
  "a file without names of classes takes those of the data, and says so",
  () =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      await writeFormulaData(data);
      const run = await makeFormulaRun(join(folder, "run"), data, {
        ...network,
        head: "4096-4096",
      });
      const head = { classes: 3, head: "4096-4096" } as const;
      const { torchvision: file } = await writeUndescribed(folder, head);
      const output = join(folder, "output");
      const words = ["evaluate", "--weights", file, "--data", data, "--output", output];
      const { code, out, err } = await vgg([...words, "--preprocessing", "rescale"]);
      assert.equal(code, 0, err);
      assert.match(
        out,
        /^evaluation 6 validation images of data, torchvision\.safetensors, center at 32 px: loss /,
      );
      assert.ok(out.endsWith(`written    ${output}\n`));
      assert.ok(
        err.includes(
          `${file} does not name its 3 classes: assumed those of ${data} in their order (a, b, c)`,
        ),
        err,
      );
      await evaluate(run, { flip: false });
      assertClose(await probabilitiesIn(output), await probabilitiesIn(run.directory), 1e-5);
      const more = join(folder, "more");
      await writePictures(more, { a: numbers(2), b: numbers(2) });
      await assert.rejects(
        evaluateWeights(file, { data: more, preprocessing: "rescale" }),
        /does not name its 3 classes: the data must have as many\. Received: 2 in .*more/,
      );
      for (
        const [given, message] of [
          [["--weights", file], "--weights must be best, last, or a file with --data. Received: "],
          [
            ["--weights", file, "--data", data, "--run", run.directory],
            "a net comes from --run or from --weights FILE. Received: ",
          ],
          [
            ["--weights", join(folder, "none.pth"), "--data", data],
            "weights must be a run's folder",
          ],
        ] as const
      ) {
        const refused = await vgg(["evaluate", ...given]);
        assert.equal(refused.code, 2);
        assert.ok(refused.err.startsWith(`error: ${message}`), refused.err);
      }
      const ofRun = await vgg([
        "evaluate",
        "--weights",
        run.directory,
        "--data",
        more,
        "--split",
        "all",
      ]);
      assert.equal(ofRun.code, 0, ofRun.err);
      assert.match(ofRun.out, /^evaluation 4 images of more, best weights/);
      assert.match(ofRun.err, /^2 of the net's 3 classes have images; there is none of c$/m);
    }),
);
