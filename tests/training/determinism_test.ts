import { join } from "@std/path";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { findLibrary } from "../../lib/engine/tensorflow/library/find_library.ts";
import { openRun } from "../../lib/runs/run.ts";
import type { TrainOptions } from "../../lib/training/options.ts";
import { inFolder } from "../in_folder.ts";
import { fingerprint } from "./fingerprint.ts";
import { writeTiny } from "./tiny_set.ts";

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

async function trainApart(options: TrainOptions & { readonly run: string }): Promise<unknown> {
  const child = fileURLToPath(new URL("train_child.ts", import.meta.url));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", child, JSON.stringify(options)],
    stdin: "null",
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return await fingerprint(await openRun(options.run));
}
