import { join } from "@std/path";
import assert from "node:assert/strict";
import { z } from "zod";

const root = join(import.meta.dirname!, "..", "..");

/** What `engine_smoke.ts` prints. */
const outcome = z.object({
  os: z.string(),
  devices: z.array(z.string()),
  steps: z.array(z.number()),
  refusal: z.string(),
  sums: z.array(z.number()),
  texts: z.array(z.string()),
});

/** How `engine_smoke.ts` is run. */
interface EngineCheck {
  /** A program and its first arguments, which run Deno. */
  readonly command: readonly [string, ...string[]];
  /** Further arguments of `deno run`. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The path by which that Deno knows a file of this machine. */
  readonly pathOf?: (path: string) => string;
  /** The system that it must be. */
  readonly os: string;
}

/** Checks in a process of its own that the native engine computes, compiles and refuses. */
export async function checkEngine(
  { command: [program, ...first], flags = [], env = {}, pathOf = (path) => path, os }: EngineCheck,
): Promise<void> {
  const { stdout, stderr } = await new Deno.Command(program, {
    args: [
      ...[...first, "run", "-A", "--no-check", ...flags, "--config"],
      ...[pathOf(join(root, "deno.json")), pathOf(join(root, "tests/platforms/engine_smoke.ts"))],
    ],
    env,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  const printed = decoder.decode(stdout);
  const errors = decoder.decode(stderr);
  assert.match(printed, /^\{/, errors);
  const found = outcome.parse(JSON.parse(printed));
  assert.equal(found.os, os);
  assert.ok(found.devices.includes("CPU"));
  assert.deepEqual(found.steps, [2.5, 0.625, 0.15625]);
  // Three channels of ones, under those of nine taps that lie in the image.
  const taps = [4, 6, 6, 4, 6, 9, 9, 6, 6, 9, 9, 6, 4, 6, 6, 4];
  assert.deepEqual(found.sums, taps.map((count) => 3 * count));
  assert.match(
    found.refusal,
    /^MatMul: Matrix size-incompatible: In\[0\]: \[2,3\], In\[1\]: \[4,5\]/,
  );
  assert.deepEqual(found.texts, ["too long for a TF_TString to have it itself", "short"]);
  // Neither TensorFlow's greeting nor a warning.
  assert.doesNotMatch(errors, /oneDNN|cpu_feature_guard|InitializeLog/);
}
