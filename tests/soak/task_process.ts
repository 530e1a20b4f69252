import assert from "node:assert/strict";
import { type Task, trainFlags } from "./tiny_task.ts";

const root = new URL("../../", import.meta.url);

/** The flags of each task. */
function flagsOf(task: Task, data: string | undefined): readonly string[] {
  switch (task) {
    case "train":
      return data === undefined
        ? ["--resume", "--engine", "wasm", "--checkpoint-minutes", "0.00001"]
        : ["--data", data, ...trainFlags];
    case "evaluate":
      return ["--engine", "wasm"];
    case "report":
      return ["--no-explain"];
    case "export":
      return [];
  }
}

/** How {@linkcode runProcess} ends a task. */
export interface ProcessEnd {
  readonly signal: "SIGKILL" | "SIGTERM";
  /** Milliseconds until then. */
  readonly after: number;
}

/**
 * Does a task in a process of its own, as a user would.
 *
 * @param data Where a training begins; without it, it is resumed.
 * @returns Its status.
 */
export async function runProcess(
  task: Task,
  run: string,
  { data, end }: { data?: string | undefined; end?: ProcessEnd },
): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "--quiet", "lib/cli.ts", task, "--run", run],
      ...flagsOf(task, data),
    ],
    cwd: root,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const timer = end && setTimeout(() => {
    try {
      child.kill(end.signal);
    } catch {
      // It has just ended by itself.
    }
  }, end.after);
  const { code, signal, stderr } = await child.output();
  clearTimeout(timer);
  const text = new TextDecoder().decode(stderr);
  assert.doesNotMatch(text, /^ +at .*:\d+:\d+\)?$/m, `${task} shows a stack`);
  assert.doesNotMatch(text, /an error of the program/, task);
  if (signal === null && code !== 0 && code !== 143) {
    assert.fail(`${task} ends with ${code}: ${text}`);
  }
  return code;
}
