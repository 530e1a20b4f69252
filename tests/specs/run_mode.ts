import { tf } from "../../lib/engine/tf.ts";
import { useEngine } from "../../lib/engine/use_engine.ts";
import { bundleSpecs } from "./bundle.ts";
import { compileKernels } from "./compiled_kernels.ts";
import { judge, type Verdict } from "./exclusions.ts";
import { runSpecs, type SpecResult } from "./jasmine.ts";
import type { Mode } from "./modes.ts";

/**
 * Runs TensorFlow.js's specs in a mode. A process can run one: it keeps its engine.
 *
 * @param pattern Which specs to run, by their full names. Default: all.
 * @param onMessage Told what runs, and why specs may fail.
 */
export async function runMode(
  { engine: name, exclusions, excusable, compiles, specs: whose }: Mode,
  pattern: RegExp,
  onMessage: (line: string) => void,
): Promise<Verdict> {
  const engine = await useEngine({ engine: name, onMessage });
  onMessage(engine.reason);
  // Imported here, as not every runtime has what makes the files of tfjs-node's specs.
  const specs = whose === "tfjs-node"
    ? await (await import("./tfjs_node.ts")).tfjsNodeSpecs()
    : await bundleSpecs();
  if (specs.engine !== tf.engine()) {
    throw new Error("the specs compute with an engine of their own");
  }
  const backendName = tf.getBackend();
  const runs = compiles ? compileKernels(backendName) : undefined;
  const results = await runSpecs(() => {
    specs.setTestEnvs([{ name: `test-${backendName}`, backendName, flags: {}, isDataSync: true }]);
    specs.load();
  }, (spec) => pattern.test(spec));
  await specs.close?.();
  if (runs) onMessage(`kernels: ${runs.compiled} runs compiled, ${runs.plain} that cannot be`);
  return judge(results, exclusions, await excusable?.());
}

/** What a verdict has to say beside its counts. */
export function* describe({ failed, excused, idle }: Verdict): Generator<string> {
  for (const { name, failures } of failed) yield `FAILED ${name}\n  ${firstLine(failures)}`;
  const reasons = new Map<string, SpecResult[]>();
  for (const { exclusion, result } of excused) {
    reasons.set(exclusion.reason, [...reasons.get(exclusion.reason) ?? [], result]);
  }
  for (const [reason, results] of reasons) yield `skipped ${results.length}: ${reason}`;
  for (const { reason } of idle) yield `no spec needs this exclusion here: ${reason}`;
}

function firstLine(failures: readonly string[]): string {
  return failures[0]?.split("\n", 1)[0] ?? "no message";
}
