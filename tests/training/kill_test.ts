import { join } from "@std/path";
import assert from "node:assert/strict";
import { findLibrary } from "../../lib/engine/tensorflow/library/find_library.ts";
import { randomStream } from "../../lib/random/stream.ts";
import { inFolder } from "../in_folder.ts";
import { fingerprint, leftOvers } from "./fingerprint.ts";
import { trainKilled } from "./killed_run.ts";
import { writeTiny } from "./tiny_set.ts";

/** The engine, and the size of a net that it trains in a moment. */
const [engine, width] = await findLibrary() ? ["tensorflow", 1 / 16] : ["wasm", 1 / 4];

Deno.test({
  name: `a run on ${engine} that is killed at random ends as if it never had been`,
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      await writeTiny(data);
      const args = [
        ...["--data", data, "--engine", engine, "--model", "A", "--width", String(width)],
        ...["--size", "32", "--epochs", "4", "--batch", "8", "--checkpoint-minutes", "0.001"],
      ];
      const started = performance.now();
      const whole = await trainKilled({ args, directory: join(folder, "whole"), lives: [] });
      const random = randomStream("kills", engine);
      const { run } = await trainKilled({
        args,
        directory: join(folder, "killed"),
        lives: [1, 2, 3].map(() => random.uniform(0.1, 1) * (performance.now() - started)),
      });
      assert.equal(run.record.status, "finished");
      assert.deepEqual(await fingerprint(run), await fingerprint(whole.run));
      assert.deepEqual(leftOvers(run.directory), []);
    }),
});
