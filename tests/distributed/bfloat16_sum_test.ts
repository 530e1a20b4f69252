import assert from "node:assert/strict";
import { allWell, testOfWorkers } from "./in_cluster.ts";
import { scriptWords } from "./support.ts";

testOfWorkers("a sum in bfloat16 is rounded to eight binary digits on every worker", async () => {
  const words = [["256", "3", "1.001"], ["1", "2.5", "1"]].map((values) =>
    scriptWords("sum_process.ts", "bfloat16", ...values)
  );
  const ends = await allWell({ words });
  // 257 lies between 256 and 258, and 1.001 is nearest to 1.
  const expected = [256, 5.5, 2];
  assert.deepEqual(ends.map(({ out }) => JSON.parse(out)), [expected, expected]);
});
