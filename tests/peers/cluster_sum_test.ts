import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { allWell } from "../distributed/in_cluster.ts";
import { scriptWords, testInNetwork } from "../distributed/support.ts";
import { peersPython, peersWanted, testWithPeers } from "./environment.ts";

/** Our numbers of the one group, and of the first sum of the first function. */
const [group, instance] = ["1", "1000"];

const test = peersWanted ? testInNetwork : testWithPeers;

for (const first of ["ours", "Python's"]) {
  test(
    `a worker of TensorFlow's Python and one of ours agree in a sum; ${first} leads`,
    async () => {
      const script = fileURLToPath(new URL("cluster_sum.py", import.meta.url));
      const theirs = [await peersPython(["keras"]), script, group, instance, "1", "0.5", "-3"];
      const ours = scriptWords("sum_process.ts", "2", "0.25", "1e-3");
      const words = first === "ours" ? [ours, theirs] : [theirs, ours];
      const ends = await allWell({ words, env: { TF_CPP_MIN_LOG_LEVEL: "3" } });
      const expected = Array.from(Float32Array.of(3, 0.75, -3 + Math.fround(1e-3)));
      assert.deepEqual(ends.map(({ out }) => JSON.parse(out)), [expected, expected]);
    },
  );
}
