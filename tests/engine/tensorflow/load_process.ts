// Loads TensorFlow's library in the background: `load_process.ts turn`, or `load_process.ts exit MILLISECONDS`
// to end that long after its constructors have begun, or `load_process.ts unused` to end when it is loaded.
import { encodePng } from "../../../lib/data/images/encode_png.ts";
import { loadEngineEarly } from "../../../lib/engine/load_early.ts";
import { loadInBackground } from "../../../lib/engine/tensorflow/capi/load_in_background.ts";
import { findLibrary } from "../../../lib/engine/tensorflow/library/find_library.ts";
import { useEngine } from "../../../lib/engine/use_engine.ts";

const [what, delay] = Deno.args;
loadEngineEarly({});
let turns = 0;
const timer = setInterval(() => {
  turns++;
  Deno.stderr.writeSync(new TextEncoder().encode("."));
}, 5);

/** The parts of the library in memory. The loader protects one more when it has filled it in. */
function readOnlyParts(): number {
  const lines = Deno.readTextFileSync("/proc/self/maps").split("\n");
  return lines.filter((line) => line.includes("r--p") && line.includes("tensorflow_cc")).length;
}

/** Waits for a number of parts; not forever, if nothing loads them. */
async function waitForParts(count: number): Promise<void> {
  while (readOnlyParts() < count && turns < 1000) await new Promise((next) => setTimeout(next, 1));
}

await waitForParts(1);
const before = turns;
if (what === "exit") {
  await waitForParts(2);
  await new Promise((next) => setTimeout(next, Number(delay)));
  Deno.exit(7);
}
if (what === "unused") {
  // Loads a library of C code meanwhile.
  await encodePng({ data: new Uint8Array(12), width: 2, height: 2 });
  await loadInBackground((await findLibrary())!.path);
  Deno.exit(7);
}
await useEngine({ engine: "tensorflow" });
clearInterval(timer);
const result = JSON.stringify({ turns, whileLoading: turns - before });
Deno.stdout.writeSync(new TextEncoder().encode(result));
