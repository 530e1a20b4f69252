/** Loads one file of weights, or only reads it, and prints what that took: `weights_worker.ts load|read PATH`. */

// deno-lint-ignore-file no-console -- it prints its result

import { useEngine } from "../../lib/engine/use_engine.ts";
import { openNet } from "../../lib/runs/open_net.ts";

const [what, path = ""] = Deno.args;
if (what === "load") await useEngine();
const started = performance.now();
if (what === "load") await openNet(path);
else await Deno.readFile(path);
const seconds = (performance.now() - started) / 1000;
const status = await Deno.readTextFile("/proc/self/status");
const peak = 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
console.log(JSON.stringify({ seconds, peak }));
