/**
 * Trains by a recipe in a process of its own, evaluates, and prints what came out and what
 * it took as JSON: `deno run -A tests/bench/accuracy_ours.ts '{"data": "../cifar10", "epochs": 8}'`.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- a benchmark prints what it finds

import { evaluate } from "../../lib/evaluation/evaluate.ts";
import { train } from "../../lib/training/train.ts";
import { type AccuracyCase, type AccuracyOutcome, recipeChanges } from "./accuracy_case.ts";

const asked: AccuracyCase = JSON.parse(Deno.args[0]!);
const { recipe = "fast", data, network, epochs, seed, validationFraction, change } = asked;
const { precision = "float32" } = asked;
const other = recipeChanges(recipe)[change ?? ""] ?? {};
const folder = await Deno.makeTempDir();
try {
  const run = await train({
    ...{ data, recipe },
    network: { ...recipe === "fast" ? { configuration: "A" } : {}, ...network, ...other.network },
    changes: { epochs, ...other.changes },
    ...(other.learningRate ? { learningRate: other.learningRate } : {}),
    seed,
    ...(validationFraction ? { validationFraction } : {}),
    precision,
    run: folder,
  });
  const { record } = run;
  const { seconds, core_seconds } = record.result!;
  const { top1: accuracy } = await evaluate(run, { weights: "last" });
  const version = `${run.record.engine.name} ${run.record.engine.version}`;
  const outcome: AccuracyOutcome = {
    ...{ version, seconds, accuracy, precision: record.precision },
    core_seconds: core_seconds!,
  };
  console.log(JSON.stringify(outcome));
} finally {
  await Deno.remove(folder, { recursive: true });
}
