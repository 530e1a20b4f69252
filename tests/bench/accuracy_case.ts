import { fileURLToPath } from "node:url";
import type { Precision } from "../../lib/engine/compile.ts";
import type { VGGOptions } from "../../lib/vgg/options.ts";

/** A training by the recipe `fast`. */
export interface AccuracyCase {
  readonly data: string;
  readonly network: VGGOptions;
  readonly epochs: number;
  readonly seed: number;
  /** A change to the recipe, see recipe_pieces.ts. */
  readonly change?: string;
  /** Default `float32`. */
  readonly precision?: "auto" | Precision;
}

/** What came out of a training, and what it took. */
export interface AccuracyOutcome {
  readonly version: string;
  readonly precision?: Precision;
  /** Of the processor's cores together, validation included. */
  readonly core_seconds: number;
  readonly seconds: number;
  /** On the validation images with the last weights, as a fraction. */
  readonly accuracy: number;
}

/** Trains in a process of its own, whose processor time is then all the training's. */
export function trainOurs(accuracyCase: AccuracyCase): Promise<AccuracyOutcome> {
  const script = fileURLToPath(new URL("accuracy_ours.ts", import.meta.url));
  return outcomeOf(Deno.execPath(), ["run", "-A", script, JSON.stringify(accuracyCase)]);
}

/** Runs a worker, and reads the last line that it prints. */
export async function outcomeOf(
  program: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<AccuracyOutcome> {
  const command = new Deno.Command(program, { args, env, stdout: "piped", stderr: "piped" });
  const { success, stdout, stderr } = await command.output();
  const last = (bytes: Uint8Array): string =>
    new TextDecoder().decode(bytes).trim().split("\n").at(-1) ?? "";
  if (!success) throw new Error(`${program} failed: ${last(stderr)}`);
  return JSON.parse(last(stdout));
}
