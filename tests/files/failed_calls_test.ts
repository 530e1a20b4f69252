import { join } from "@std/path";
import { randomStream } from "../../lib/random/stream.ts";
import { inFolder } from "../in_folder.ts";
import { countCalls, failCall, shorten } from "../soak/fail_calls.ts";
import { KnownStates } from "../soak/known_states.ts";
import { tasks } from "../soak/tiny_task.ts";

/** `deno task dev:soak-faults --kind "a call that fails"` tries more. */
Deno.test("a call of the system that fails costs a line, and no file; short reads and writes nothing", () =>
  inFolder(async (folder) => {
    const known = await KnownStates.gather(folder);
    const random = randomStream("failed calls");
    for (const task of tasks) {
      const copy = async (name: string): Promise<string> => {
        const run = join(folder, `${task} ${name}`);
        await known.copy(task, run);
        return run;
      };
      await shorten(task, await copy("in short calls"), known, 1000);
      const counts = await countCalls(task, await copy("counted"), known);
      for (const code of ["EIO", "ENOSPC", "EMFILE"] as const) {
        const nth = random.integer(1, counts[code]);
        await failCall(task, await copy(code), known, { nth, code });
      }
    }
  }));
