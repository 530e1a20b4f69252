import { join } from "@std/path";
import assert from "node:assert/strict";
import { assertClose } from "../assert_close.ts";
import { inFolder } from "../in_folder.ts";
import { type FiveSteps, variants } from "./five_steps.ts";
import { allWell, testOfWorkers, times } from "./in_cluster.ts";
import { scriptWords } from "./support.ts";

testOfWorkers(
  "two and four workers make the five steps that one makes",
  () =>
    inFolder(async (folder) => {
      const one = await trainTogether(join(folder, "1"), 1);
      for (const count of [2, 4]) {
        const several = await trainTogether(join(folder, `${count}`), count);
        for (const variant of Object.keys(variants)) {
          const [chief, ...others] = several.map((worker) => worker[variant]!);
          // To the last bit.
          for (const other of others) assert.deepEqual(other, chief);
          const [alone] = one.map((worker) => worker[variant]!);
          assertClose(chief!.weights, alone!.weights, 1e-5);
          assertClose(chief!.losses, alone!.losses, 1e-4);
        }
      }
    }),
);

/** What every worker has in the end, by variant. */
async function trainTogether(
  folder: string,
  count: number,
): Promise<Record<string, FiveSteps>[]> {
  await Deno.mkdir(folder);
  await allWell({ words: times(count, scriptWords("five_steps_process.ts", folder)) });
  const read = async (variant: string, index: number): Promise<[string, FiveSteps]> => {
    const path = join(folder, `${variant}-${index}.json`);
    return [variant, JSON.parse(await Deno.readTextFile(path))];
  };
  return await Promise.all(
    Array.from({ length: count }, async (_, index) =>
      Object.fromEntries(
        await Promise.all(Object.keys(variants).map((variant) => read(variant, index))),
      )),
  );
}
