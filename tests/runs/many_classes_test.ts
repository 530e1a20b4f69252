import { join } from "@std/path";
import assert from "node:assert/strict";
import { classScores } from "../../lib/evaluation/metrics/class_scores.ts";
import {
  crossEntropyOf,
  mostConfused,
  onlyPrediction,
  summarize,
} from "../../lib/evaluation/metrics/summarize.ts";
import { Posteriors } from "../../lib/evaluation/posteriors.ts";
import { confusionMatrixFigure } from "../../lib/figures/charts/confusion_matrix.ts";
import { Results } from "../../lib/runs/results.ts";
import type { Mistake, Prediction } from "../../lib/runs/schemas.ts";
import { mostListed } from "../../lib/runs/sparse.ts";
import { inFolder } from "../in_folder.ts";

const many = 10_000;
const images = 600;
const context = { split: "test", weights: "best" } as const;

/** Predictions of a number of classes, of which only the first ones have images: the others have little chance. */
function predictionsOf(classes: number): Prediction[] {
  const labels = Array.from({ length: images }, (_, image) => image % 40);
  const posteriors = new Posteriors(images, classes, labels);
  for (const [image, actual] of labels.entries()) {
    const chances = new Float64Array(classes);
    // The actual class has rank 0 to 6.
    for (let rank = 0; rank < 30; rank++) {
      chances[(actual + 60 - image % 7 + rank) % 60] = 1 / (2 + rank);
    }
    posteriors.add(image, chances, 0.5);
    posteriors.add(image, chances, 0.5);
  }
  return Array.from(posteriors.means(), ({ image, probabilities }) => ({
    id: `${image}.png`,
    actual: labels[image]!,
    predicted: Object.keys(probabilities).map(Number)
      .reduce((best, label) => probabilities[label]! > probabilities[best]! ? label : best),
    probabilities,
  }));
}

function classesOf(count: number): { id: string; name: string }[] {
  return Array.from({ length: count }, (_, label) => ({ id: `c${label}`, name: `class ${label}` }));
}

const few = summarize(predictionsOf(mostListed), classesOf(mostListed), context);
const predictions = predictionsOf(many);
const evaluation = summarize(predictions, classesOf(many), context);

Deno.test("an evaluation of ten thousand classes has the results of one that lists all numbers", () => {
  for (const field of ["images", "loss", "top1", "top5"] as const) {
    assert.equal(evaluation[field], few[field], field);
  }
  assert.ok(few.top1 > 0 && few.top1 < few.top5 && few.top5 < 1, `${few.top1}, ${few.top5}`);
  assert.deepEqual(evaluation.per_class.slice(0, mostListed), few.per_class);
  assert.deepEqual(
    classScores(evaluation.confusion).slice(0, mostListed),
    classScores(few.confusion),
  );
  assert.deepEqual(mostConfused(evaluation.confusion), mostConfused(few.confusion));
  assert.equal(onlyPrediction(evaluation.confusion), undefined);
  const drawn = confusionMatrixFigure(evaluation).data;
  assert.deepEqual(
    JSON.stringify(drawn),
    JSON.stringify(confusionMatrixFigure(few).data),
  );
});

Deno.test("files of ten thousand classes are small, and are read as they were written", () =>
  inFolder(async (folder) => {
    const results = new Results(folder);
    const mistakes: Mistake[] = predictions.filter(({ actual, predicted }) => actual !== predicted)
      .slice(0, 2).map((prediction, rank) => ({ ...prediction, file: `${rank}.png` }));
    await results.writePredictions(predictions);
    await results.writeMistakes(mistakes, [Uint8Array.of(1), Uint8Array.of(2)]);
    await results.writeEvaluation(evaluation);
    const [line] = (await Deno.readTextFile(results.path("predictions"))).split("\n");
    const { classes, likeliest, probabilities } = JSON.parse(line!);
    assert.deepEqual([classes, likeliest.length, probabilities], [many, 100, []]);
    const written = JSON.parse(await Deno.readTextFile(results.path("evaluation")));
    assert.deepEqual(written.confusion, []);
    assert.deepEqual(written.confusion_counts[0], [0, 0, evaluation.confusion[0]![0]]);
    for (const file of ["predictions", "evaluation", "mistakes"] as const) {
      assert.ok((await Deno.stat(results.path(file))).size < 4e6, file);
    }
    const read = await results.predictions();
    assert.deepEqual(read.map(crossEntropyOf), predictions.map(crossEntropyOf));
    assert.deepEqual(read[5], predictions[5]);
    assert.equal(read[5]!.probabilities.length, many);
    assert.deepEqual((await results.mistakes())[1], mistakes[1]);
    const { confusion } = await results.evaluation();
    assert.deepEqual(confusion[3], evaluation.confusion[3]);
    assert.deepEqual([confusion.length, confusion[many - 1]!.length], [many, many]);
  }));

Deno.test("a label of no class in a file of many classes is told", () =>
  inFolder(async (folder) => {
    const results = new Results(folder);
    await Deno.writeTextFile(
      join(folder, "predictions.jsonl"),
      '{"id":"a","actual":0,"predicted":1,"probabilities":[],"classes":3000,"likeliest":[[3000,1]]}\n',
    );
    await assert.rejects(
      async () => await results.predictions(),
      /likeliest must be of the classes/,
    );
    const cell = [0, many, 1];
    const text = JSON.stringify({ ...evaluation, confusion: [], confusion_counts: [cell] });
    await Deno.writeTextFile(results.path("evaluation"), text);
    await assert.rejects(
      async () => await results.evaluation(),
      /confusion_counts must be of the classes/,
    );
  }));
