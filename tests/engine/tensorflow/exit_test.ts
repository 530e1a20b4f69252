import { join } from "@std/path";
import assert from "node:assert/strict";
import { childFlags } from "../../child_flags.ts";
import { testWithTensorFlow } from "./support.ts";

const script = join(import.meta.dirname!, "exit_process.ts");

for (const [how, status] of [["exit", 7], ["reject", 1]] as const) {
  testWithTensorFlow(`a process ends with its status while a step runs (${how})`, async () => {
    const delays = [0, 1, 5, 30];
    const codes: (number | string)[] = [];
    for (const delay of delays) {
      const { code, signal } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", ...childFlags, script, how, String(delay)],
        stderr: "null",
        stdout: "null",
      }).output();
      codes.push(signal ?? code);
    }
    assert.deepEqual(codes, delays.map(() => status));
  });
}
