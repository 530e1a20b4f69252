import { join } from "@std/path";
import { randomStream } from "../../lib/random/stream.ts";
import { inFolder } from "../in_folder.ts";
import { KnownStates } from "../soak/known_states.ts";
import { losePower } from "../soak/lose_power.ts";

/** `deno task dev:soak-faults --kind "loss of power"` tries more. */
const losses = 2;

Deno.test("whatever a loss of power leaves of a run, it continues to the same end", () =>
  inFolder(async (folder) => {
    const known = await KnownStates.gather(folder);
    const random = randomStream("loss of power");
    for (let loss = 0; loss < losses; loss++) {
      const { states, context } = await losePower(join(folder, `disk-${loss}`), known, random, 16);
      for (const run of states) {
        await known.check(run, context);
        await known.requireWhole(run, context);
      }
      await known.finish(states[0]!, context);
    }
  }));
