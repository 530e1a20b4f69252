import assert from "node:assert/strict";
import { deadline } from "../../lib/cli/interrupt.ts";
import { scriptWords, testWithShell } from "../distributed/support.ts";

/** Times between signals in milliseconds, and whether work ends after its running step. */
const cases: readonly [readonly string[], boolean][] = [
  [["0"], true],
  [["0", "50", "50"], true],
  [["0", "50", "1000"], false],
];

for (const [apart, inOrder] of cases) {
  testWithShell(
    `interruptible() ends ${inOrder ? "in order" : "at once"} for signals at ${apart} ms`,
    async () => {
      const [program, ...args] = scriptWords("../cli/interrupt_process.ts", ...apart);
      const { code, stdout, stderr } = await new Deno.Command(program!, { args }).output();
      const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      assert.equal(out, inOrder ? "ended in order\n" : "");
      assert.equal(code, inOrder ? 0 : 143);
      assert.equal(err!.match(/Ending after this step/g)?.length, 1);
    },
  );
}

Deno.test("the deadlines after SIGTERM leave some of five seconds", () => {
  assert.ok(deadline.inOrder < deadline.blocked && deadline.blocked < 4500);
});
