import fc from "fast-check";
import { attempt } from "./attempt.ts";
import { targets } from "./targets/mod.ts";

/** Few, that they take seconds; `deno task dev:fuzz` tries as many as one likes. */
const inputs = 40;

for (const target of targets) {
  const arbitrary = await target.inputs();
  Deno.test({
    name: `${target.name}: any file is read, or refused in one line` +
      (arbitrary ? "" : " (skipped: no ../shared/data)"),
    ignore: !arbitrary,
    fn: () =>
      fc.assert(
        fc.asyncProperty(arbitrary!, async (input) => {
          await attempt(target, input);
        }),
        { seed: 1, numRuns: inputs },
      ),
  });
}
