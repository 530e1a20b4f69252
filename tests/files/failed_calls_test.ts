import { join } from "@std/path";
import { randomStream } from "../../lib/random/stream.ts";
import { inFolder } from "../in_folder.ts";
import { failCall, type FailedCall, shorten } from "../soak/fail_calls.ts";
import { callsOf } from "../soak/fault_kinds.ts";
import { KnownStates } from "../soak/known_states.ts";
import { type Task, tasks } from "../soak/tiny_task.ts";

/** `deno task dev:soak-faults --every-call 25` tries more. */
const codes: Readonly<Record<Task, FailedCall["code"]>> = {
  train: "EIO",
  evaluate: "ENOSPC",
  report: "EIO",
  export: "EMFILE",
};

Deno.test("a call of the system that fails costs a line, and no file; short reads and writes nothing", () =>
  inFolder(async (folder) => {
    const known = await KnownStates.gather(folder);
    const random = randomStream("failed calls");
    for (const task of tasks) {
      const run = join(folder, task);
      await known.copy(task, run);
      const code = codes[task];
      await failCall(task, run, known, { nth: random.integer(1, callsOf(task, code)), code });
    }
    for (const task of ["train", "export"] as const) {
      const run = join(folder, `${task} in short calls`);
      await known.copy(task, run);
      await shorten(task, run, known, 2000);
    }
  }));
