/**
 * A thread that ends the process some time after SIGTERM or SIGHUP, also if the main thread is in a native
 * call and hears nothing. Its name lists the signals.
 *
 * @module
 */

import { type EndSignal, statusOfSignal } from "../distributed/processes/end_signals.ts";
import { openLibc } from "../libc.ts";

const [milliseconds, ...signals] = self.name.split(",");
const { symbols } = openLibc({ _exit: { parameters: ["i32"], result: "void" } });
for (const signal of signals as EndSignal[]) {
  Deno.addSignalListener(
    signal,
    () => setTimeout(() => symbols._exit(statusOfSignal(signal)), Number(milliseconds)),
  );
}
