import assert from "node:assert/strict";
import { type FileCall, interpose, systemError } from "../files/interpose.ts";
import type { KnownStates } from "./known_states.ts";
import { requireLine, runTask, type Task } from "./tiny_task.ts";

/** Which call of a task fails, counted from 1, and how. */
export interface FailedCall {
  readonly nth: number;
  readonly code: "EIO" | "ENOSPC" | "EMFILE";
  /** Whether all calls of this kind fail from there on. */
  readonly forever?: boolean;
}

const opening = ["open", "readFile", "readTextFile", "writeFile", "writeTextFile", "readDir"];
const growing = ["file.write", "mkdir", "makeTempFile", "rename", "file.syncData"];

/** Whether the system can refuse a call in this way. */
function canFail({ name, options }: FileCall, code: FailedCall["code"]): boolean {
  if (code === "EMFILE") return opening.includes(name);
  if (code === "ENOSPC") {
    return growing.includes(name) || Boolean(options?.create || options?.createNew);
  }
  return true;
}

/** How many calls of a task in a run's folder can fail in a way. */
export async function countCalls(
  task: Task,
  run: string,
  { options }: KnownStates,
): Promise<Record<FailedCall["code"], number>> {
  const counts = { EIO: 0, ENOSPC: 0, EMFILE: 0 };
  using _ = interpose(run, {
    before: (call) => {
      for (const code of ["EIO", "ENOSPC", "EMFILE"] as const) {
        if (canFail(call, code)) counts[code] += 1;
      }
    },
  });
  await runTask(task, run, options);
  return counts;
}

/**
 * Lets a call of a task fail. The task must end with one line or do its work all the same; in both cases
 * all files must be right, and the run must then come to the end that it has without a fault.
 *
 * @returns The line; nothing if the task did its work.
 */
export async function failCall(
  task: Task,
  run: string,
  known: KnownStates,
  { nth, code, forever = false }: FailedCall,
): Promise<string | undefined> {
  let count = 0, context = `${task}: no call ${nth} that can end with ${code}`;
  let line: string | undefined;
  {
    using _ = interpose(run, {
      before: (call) => {
        if (!canFail(call, code)) return;
        count += 1;
        if (count < nth || count > nth && !forever) return;
        if (count === nth) {
          context = `${task}: ${code} of ${call.name} ${call.path.slice(run.length)}, call ${nth}` +
            (forever ? " and all after it" : "");
        }
        throw systemError(code);
      },
    });
    try {
      await runTask(task, run, known.options);
    } catch (error) {
      assert.ok(count >= nth, `${context}: ${error instanceof Error ? error.stack : error}`);
      line = requireLine(error, context);
    }
  }
  await known.check(run, context);
  await known.finish(run, context);
  return line;
}

/** Does a task while each read and write of a file takes a few bytes: it must not notice. */
export async function shorten(
  task: Task,
  run: string,
  known: KnownStates,
  most: number,
): Promise<void> {
  {
    using _ = interpose(run, { limit: ({ bytes }) => Math.min(bytes?.length ?? 0, most) });
    await runTask(task, run, known.options);
  }
  await known.check(run, `${task} with reads and writes of ${most} bytes`);
  await known.finish(run, `${task} with reads and writes of ${most} bytes`);
}
