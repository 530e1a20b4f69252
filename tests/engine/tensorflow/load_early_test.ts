import { join } from "@std/path";
import assert from "node:assert/strict";
import { testWithTensorFlow } from "./support.ts";

const script = join(import.meta.dirname!, "load_process.ts");

async function runScript(
  ...args: string[]
): Promise<{ code: number | string; stdout: string; stderr: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, ...args],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // While it hangs in a destructor it takes no other signal.
  const timer = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const { code, signal, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code: signal ?? code, stdout: out!, stderr: err! };
}

/** Elsewhere the library is loaded by the thread that opens it. */
const testOnLinux = Deno.build.os === "linux" ? testWithTensorFlow : Deno.test.ignore;

testOnLinux("loadEngineEarly() leaves this thread free, and standard error to it", async () => {
  const { code, stdout, stderr } = await runScript("turn");
  assert.equal(code, 0, stderr);
  const { turns, whileLoading } = JSON.parse(stdout);
  assert.ok(whileLoading > 0, stdout);
  // TensorFlow's own lines are lost, and no other.
  assert.equal(stderr, ".".repeat(turns));
});

testOnLinux("a process ends with its status while TensorFlow's library is loaded", async () => {
  const codes: (number | string)[] = [];
  for (const delay of [0, 5, 15, 30]) codes.push((await runScript("exit", `${delay}`)).code);
  assert.deepEqual(codes, [7, 7, 7, 7]);
});

testOnLinux(
  "a process ends with its status if TensorFlow's library is loaded and never used",
  async () => {
    const codes: (number | string)[] = [];
    for (let time = 0; time < 3; time++) codes.push((await runScript("unused")).code);
    assert.deepEqual(codes, [7, 7, 7]);
  },
);
