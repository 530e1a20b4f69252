/** Runs TensorFlow.js's own specs on Node, on the engine of the npm package. */
import process from "node:process";
import { countLine } from "../runner/counts.ts";
import { tensorflowExclusions } from "../specs/exclusions/tensorflow.ts";
import { describe, runMode } from "../specs/run_mode.ts";

const [pattern = ""] = process.argv.slice(2);
const mode = { engine: "tensorflow", exclusions: tensorflowExclusions } as const;
const verdict = await runMode(mode, new RegExp(pattern), say);
for (const line of describe(verdict)) say(line);
say(countLine(verdict.counts));
process.exit(verdict.counts.failed > 0 ? 1 : 0);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
