/** Work that is asked to end by signals which this process sends to itself, in milliseconds apart. */

// deno-lint-ignore-file no-console -- its output is read by the test

import { interruptible } from "../../lib/cli/interrupt.ts";

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

await interruptible(async (signal) => {
  for (const apart of Deno.args) {
    await pause(Number(apart));
    Deno.kill(Deno.pid, "SIGTERM");
  }
  await pause(200);
  console.log(signal.aborted ? "ended in order" : "heard nothing");
});
