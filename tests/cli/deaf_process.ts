/** Work that does not heed signals: it waits, blocks its thread, or ends soon. */

// deno-lint-ignore-file no-console -- its output is read by the test

import { interruptible } from "../../lib/cli/interrupt.ts";

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

await interruptible(async () => {
  await pause(1000); // The thread that watches starts.
  console.log("started");
  if (Deno.args[0] === "blocked") {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30_000);
  } else await pause(Deno.args[0] === "short" ? 1000 : 30_000);
}, { advice: () => "To go on: this" });
