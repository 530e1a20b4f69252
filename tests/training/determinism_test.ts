import { join } from "@std/path";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { findLibrary } from "../../lib/engine/tensorflow/library/find_library.ts";
import { openRun } from "../../lib/runs/run.ts";
import type { TrainOptions } from "../../lib/training/options.ts";
import { childFlags } from "../child_flags.ts";
import { inFolder } from "../in_folder.ts";
import { fingerprint } from "./fingerprint.ts";
import { writeTiny } from "./tiny_set.ts";
import { trainUntil } from "./train_in_pieces.ts";

const library = await findLibrary();

/** Engines that compute on several cores, with work enough for all of them. */
const cases = [
  { engine: "tensorflow", precision: "float32", skipped: !library },
  { engine: "tensorflow", precision: "auto", skipped: !library },
  { engine: "wasm", precision: "float32", skipped: false },
] as const;

for (const { engine, precision, skipped } of cases) {
  const note = skipped ? " (skipped: no native engine, see deno task setup)" : "";
  Deno.test({
    name: `two processes train the same net to the last bit on ${engine}, ${precision}${note}`,
    ignore: skipped,
    fn: () =>
      inFolder(async (folder) => {
        const data = join(folder, "data");
        await writeTiny(data);
        const train = (run: string): Promise<unknown> =>
          trainApart({
            ...{ data, run: join(folder, run), engine: { engine }, precision },
            network: { configuration: "D", inputSize: 64, width: 0.25, dropout: 0.3 },
            changes: { epochs: 2, batchSize: 24, clipNorm: 1 },
          });
        assert.deepEqual(await train("one"), await train("other"));
      }),
  });
}

/** A small net, and what of it a change of the machine or of a setting may change. */
const small = {
  network: { configuration: "A", inputSize: 64, width: 0.25 },
  changes: { epochs: 1, batchSize: 24 },
  engine: { engine: "tensorflow" },
  precision: "float32",
} as const;

Deno.test({
  name:
    "another engine or number of threads in an operation gives other bits, one between them none",
  ignore: !library || navigator.hardwareConcurrency === 1,
  fn: () =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      await writeTiny(data);
      const weightsOf = async (
        name: string,
        change: Partial<TrainOptions>,
        env?: Record<string, string>,
      ): Promise<unknown> => {
        const options = { data, ...small, ...change, run: join(folder, name) };
        return (await trainApart(options, env) as { last: string }).last;
      };
      const plain = await weightsOf("plain", {});
      assert.equal(await weightsOf("between", {}, { TF_NUM_INTEROP_THREADS: "1" }), plain);
      const others = [
        await weightsOf("within", {}, { TF_NUM_INTRAOP_THREADS: "1" }),
        await weightsOf("engine", { engine: { engine: "wasm" } }),
      ];
      assert.equal(new Set([plain, ...others]).size, 1 + others.length);
    }),
});

Deno.test({
  name: "a run that another machine, engine or environment resumes has a warning of it",
  ignore: !library,
  fn: () =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      await writeTiny(data);
      const cases = [
        [{ TF_NUM_INTRAOP_THREADS: "3" }, {}, /, 3 threads\): its numbers may differ/],
        [{ TF_ENABLE_ONEDNN_OPTS: "0" }, {}, /resumed with TF_ENABLE_ONEDNN_OPTS=0: its numbers/],
        [{}, { engine: { engine: "wasm" } }, /resumed with wasm .*: its numbers may differ/],
      ] as const;
      for (const [index, [env, change, warning]] of cases.entries()) {
        const run = join(folder, `${index}`);
        await trainUntil({ data, ...small, engine: { engine: "tensorflow" }, run }, [1, 1]);
        await trainApart({ run, resume: true, ...change }, env);
        const { warnings } = (await openRun(run)).record;
        assert.match(warnings.find((line) => line.includes("was resumed")) ?? "none", warning);
      }
    }),
});

async function trainApart(
  options: TrainOptions & { readonly run: string },
  env: Record<string, string> = {},
): Promise<unknown> {
  const child = fileURLToPath(new URL("train_child.ts", import.meta.url));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...childFlags, child, JSON.stringify(options)],
    env,
    stdin: "null",
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return await fingerprint(await openRun(options.run));
}
