import { join } from "@std/path";
import assert from "node:assert/strict";
import { ownCommand } from "../../lib/distributed/processes/own_command.ts";
import { inFolder } from "../in_folder.ts";
import { writeTiny } from "../training/tiny_set.ts";
import { inCluster, testOfWorkers } from "./in_cluster.ts";

testOfWorkers(
  "a worker that does not come is waited for so long and no longer, and nothing is written",
  () =>
    inFolder(async (folder) => {
      const [data, run] = [join(folder, "data"), join(folder, "run")];
      await writeTiny(data);
      const flags = ["--data", data, "--run", run, "--size", "32", "--cluster-timeout", "0.05"];
      const [chief] = await inCluster({ words: [ownCommand(["train", ...flags]), ["true"]] });
      assert.equal(chief!.code, 75, chief!.err);
      assert.match(
        chief!.err,
        /^waiting for (worker 1 \(127\.0\.0\.1:2223\))\nerror: \1 did not come within 0\.05 minutes\n$/,
      );
      await assert.rejects(Deno.stat(run), Deno.errors.NotFound);
    }),
);
