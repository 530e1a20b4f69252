import { Coverage } from "./coverage.ts";
import { Fuzzer } from "./engine.ts";
import { mountMemory } from "./memory_files.ts";

// Before the readers are loaded, which are else counted by functions.
const coverage = await Coverage.start();
const { targetsOf } = await import("./targets/mod.ts");

/** Few, that all take seconds; `deno task dev:fuzz` tries as many as one likes. */
const inputs = { parts: 100, others: 40 };

mountMemory();
for (const target of await targetsOf()) {
  const missing = !await target.seeds();
  Deno.test({
    name: `${target.name}: any file is read, or refused in one line` +
      (missing ? " (skipped: no ../shared/data)" : ""),
    ignore: missing,
    fn: async () => {
      // Guidance pays where an input takes less time than a look at the coverage.
      const guided = target.name.startsWith("parts");
      const options = { seed: 1, guided, coverage: guided ? coverage : undefined };
      const fuzzer = await Fuzzer.start(target, options);
      await fuzzer!.run(inputs[guided ? "parts" : "others"]);
    },
  });
}
