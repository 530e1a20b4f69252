import { join } from "@std/path";
import assert from "node:assert/strict";
import { evaluate } from "../../lib/evaluation/evaluate.ts";
import { openDescribedWeights } from "../../lib/runs/open_net.ts";
import { openRun, type Run, RunError } from "../../lib/runs/run.ts";
import { openSafetensors } from "../../lib/weights/safetensors/open_safetensors.ts";
import { train } from "../../lib/training/train.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { inFolder } from "../in_folder.ts";
import { writeTiny } from "./tiny_set.ts";
import { trainUntil } from "./train_in_pieces.ts";

const options = {
  network: { configuration: "A", inputSize: 32, width: 1 / 64 },
  changes: { epochs: 2, batchSize: 8 },
} as const;

const oneLine = (pattern: RegExp) => (error: Error): boolean =>
  error instanceof RunError && !error.message.includes("\n") && pattern.test(error.message);

testWithTensorFlow(
  "checkpoints of another run are refused by its name",
  () =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      await writeTiny(data);
      const [one, other] = [join(folder, "one"), join(folder, "other")];
      for (const [run, seed] of [[one, 1], [other, 2]] as const) {
        await trainUntil({ ...options, data, run, seed }, [2, 1]);
      }
      const last = join(one, "weights/last");
      await Deno.rename(last, join(folder, "own"));
      await Deno.rename(join(other, "weights/last"), last);
      const foreign = Array.from(Deno.readDirSync(last), ({ name }) => name);
      await assert.rejects(
        train({ run: one, resume: true }),
        oneLine(
          /step-\d+\.safetensors belongs to another run \(other, begun \S+, seed 2\); move it/,
        ),
      );
      assert.deepEqual(Array.from(Deno.readDirSync(last), ({ name }) => name), foreign);
      await Deno.rename(last, join(other, "weights/last"));
      await Deno.rename(join(folder, "own"), last);
      // A copy of the folder is the same run.
      await Deno.rename(one, join(folder, "copy"));
      const resumed = await train({ run: join(folder, "copy"), resume: true });
      assert.equal(resumed.record.status, "finished");
    }),
);

testWithTensorFlow(
  "weights that are damaged or another run's end in a line with what to do",
  () =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      await writeTiny(data);
      const trained = (seed: number): Promise<Run> =>
        train({ ...options, data, run: join(folder, `seed-${seed}`), seed });
      const [one, other] = [await trained(1), await trained(2)];
      const path = one.path("best");
      using best = await openSafetensors(path);
      assert.equal(one.record.result?.best_sha256, best.metadata.sha256);
      const whole = await Deno.readFile(path);
      await Deno.writeFile(path, whole.with(whole.length - 100, whole.at(-100)! ^ 16));
      const remedy =
        "evaluate with --weights last, use \\S+model\\.safetensors, or train the run again$";
      const damaged = oneLine(new RegExp(`best\\.safetensors is damaged: .*; ${remedy}`));
      await assert.rejects(evaluate(one), damaged);
      await assert.rejects(openDescribedWeights(one.directory), damaged);
      await Deno.copyFile(other.path("best"), path);
      const foreign = oneLine(new RegExp(`best\\.safetensors is not the one that .*; ${remedy}`));
      await assert.rejects(evaluate(one), foreign);
      await evaluate(one, { weights: "last" });
      await Deno.remove(one.path("last"));
      await assert.rejects(
        evaluate(await openRun(one.directory)),
        oneLine(/; train the run again$/),
      );
      await Deno.writeFile(path, whole);
      await evaluate(one);
    }),
);

testWithTensorFlow(
  "training says at its end that its best weights were damaged",
  () =>
    inFolder(async (folder) => {
      const [data, run] = [join(folder, "data"), join(folder, "run")];
      await writeTiny(data);
      const said: string[] = [];
      const { record } = await train({
        ...{ ...options, data, run },
        onMessage: (line) => said.push(line),
        callbacks: [{
          onEnd: async () => {
            const path = join(run, "weights/best.safetensors");
            const bytes = await Deno.readFile(path);
            await Deno.writeFile(path, bytes.with(-1, bytes.at(-1)! ^ 1));
          },
        }],
      });
      const line = said.find((line) => /best\.safetensors is damaged: .* lost its best/.test(line));
      assert.ok(line);
      assert.ok(record.warnings.includes(line));
      assert.equal(record.result?.best_sha256, undefined);
    }),
);
