import type { Engine } from "../engine/engine.ts";
import type { RunRecord } from "../runs/run_record.ts";
import { describeMachine } from "./config/to_record.ts";

/**
 * Describes how the machine of a resumed run differs from the one it began on, as far as that may
 * change the last bits of its numbers: engine, threads, instruction sets, graphics cards and the
 * environment variables of TensorFlow and its libraries. Precision and micro-batch stay those of the run.
 *
 * @returns One line, or `undefined` if nothing differs.
 */
export function describeMachineChange(
  { engine, hardware }: Pick<RunRecord, "engine" | "hardware">,
  now: Engine,
): string | undefined {
  const before = decisiveFacts(engine, hardware);
  const { environment, ...machine } = describeMachine(now);
  // Runs of earlier versions did not record the environment.
  const comparable = hardware.environment === undefined ? machine : { ...machine, environment };
  const after = decisiveFacts(now, comparable);
  const keys = [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => before.get(key) !== after.get(key));
  if (keys.length === 0) return undefined;
  const tell = (facts: ReadonlyMap<string, string>): string =>
    keys.map((key) => facts.get(key) ?? `no ${key}`).join(", ");
  return `the run began with ${tell(before)} and was resumed with ${
    tell(after)
  }: its numbers may ` +
    "differ from those of an uninterrupted run";
}

function decisiveFacts(
  { name, version, devices }: RunRecord["engine"],
  { cpu, cores, threads = cores, workers = 1, features, gpu, environment }: RunRecord["hardware"],
): Map<string, string> {
  const each = workers === 1 ? "" : ` on each of ${workers} workers`;
  const sets = Array.isArray(features) ? features.join(" ") : "unknown";
  return new Map([
    ["machine", `${name} ${version} on ${devices.join(", ")} (${cpu}, ${threads} threads${each})`],
    ["instruction sets", `the instruction sets ${sets}`],
    // A card that does not compute changes nothing.
    ...(devices.includes("GPU") && Array.isArray(gpu)
      ? [["graphics cards", `the graphics cards ${gpu.join(", ")}`] as const]
      : []),
    ...Object.entries(environment ?? {}).map(([key, value]): [string, string] => [
      key,
      `${key}=${value}`,
    ]),
  ]);
}
