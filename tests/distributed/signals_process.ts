/**
 * A process that waits for two children, which say what signals they hear and end a moment later.
 * It prints `ready` once they listen, and ends with their status.
 */

// deno-lint-ignore-file no-console -- its output is read by the test

import { Children } from "../../lib/distributed/processes/children.ts";
import { statusOf } from "../../lib/distributed/processes/exit_status.ts";
import { shellWorkers } from "./support.ts";

const listen = (delay: string): string => `
  count=0
  hear() { count=$((count + 1)); heard="$heard $1"; }
  trap 'hear INT' INT
  trap 'hear TERM' TERM
  echo ready >&2
  while [ $count = 0 ]; do sleep 0.02; done
  sleep ${delay}
  echo "heard$heard" >&2
  exit 130`;

let ready = 0;
using children = new Children({
  say: (line) => {
    if (!line.endsWith(": ready")) console.log(line);
    else if (++ready === 2) console.log("ready");
  },
});
const endings = await children.run(shellWorkers(listen("0.3"), listen("0.6")));
console.log(`interrupted ${children.interrupted.aborted}`);
Deno.exitCode = statusOf(endings);
