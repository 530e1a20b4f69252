import { articleClasses } from "../../lib/data/sources/class_names.ts";
import { wilsonInterval } from "../../lib/evaluation/metrics/wilson.ts";
import type { Evaluation, HistoryLine } from "../../lib/runs/schemas.ts";

/** The diagonal of the article's published matrix: 210 of 500, 50 images a class. */
export const articleDiagonal = [14, 34, 19, 22, 28, 39, 2, 21, 6, 25];

/** A matrix with this diagonal; the wrong predictions of a class start at one favorite class. */
export function confusionWith(diagonal: readonly number[], total: number): number[][] {
  const count = diagonal.length;
  const favorites: Record<number, number> = { 0: 3, 3: 0, 6: 9, 9: 6 };
  return diagonal.map((correct, actual) => {
    const row = new Array<number>(count).fill(0);
    row[actual] = correct;
    let left = total - correct;
    const first = favorites[actual] ?? (actual * 7 + 3) % count;
    for (let step = 0; left > 0 && count > 1; step++) {
      const other = (first + step * step) % count;
      if (other === actual) continue;
      const share = Math.min(left, Math.max(1, Math.ceil(left * 0.4)));
      row[other]! += share;
      left -= share;
    }
    return row;
  });
}

/** An evaluation that agrees with a confusion matrix. */
export function evaluationOf(
  confusion: readonly (readonly number[])[],
  classes: readonly { id: string; name: string }[],
): Evaluation {
  const images = confusion.flat().reduce((a, b) => a + b, 0);
  const correct = confusion.reduce((sum, row, index) => sum + row[index]!, 0);
  return {
    split: "validation",
    weights: "best",
    images,
    loss: 1.732,
    top1: correct / images,
    top5: Math.min(1, (correct / images) * 1.6),
    classes: [...classes],
    confusion: confusion.map((row) => [...row]),
    per_class: classes.map((label, index) => {
      const total = confusion[index]!.reduce((a, b) => a + b, 0);
      const correct = confusion[index]![index]!;
      const accuracy = total === 0 ? null : correct / total;
      return { ...label, correct, total, accuracy, interval: wilsonInterval(correct, total) };
    }),
  };
}

/** The article's evaluation, with made-up values off the diagonal. */
export const articleEvaluation = evaluationOf(confusionWith(articleDiagonal, 50), articleClasses);

/** A made-up training that overfits: the best epoch is near the middle, and the last one collapses. */
export function fakeHistory(epochs: number): HistoryLine[] {
  return Array.from({ length: epochs }, (_, index) => {
    const time = (index + 1) / Math.max(1, epochs);
    const wobble = Math.sin(index * 2.3) * 0.02 + Math.sin(index * 5.1) * 0.012;
    const learned = 1 - Math.exp(-3.2 * time);
    const collapse = epochs > 5 && index === epochs - 1 ? 0.25 : 0;
    return {
      epoch: index + 1,
      loss: round(2.35 * Math.exp(-2.6 * time) + 0.04 + wobble / 3),
      accuracy: round(Math.min(0.99, 0.08 + 0.95 * learned + wobble / 2)),
      val_loss: round(2.3 * Math.exp(-3 * time) + 1.5 * time * time + wobble * 2 + collapse * 4),
      val_accuracy: round(0.1 + 0.64 * learned - 0.12 * time * time + wobble - collapse),
      lr: time > 0.7 ? 0.001 : 0.01,
      seconds: 296,
      images_per_second: 88,
    };
  });
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

/** Classes with long names like those of ImageNet. */
export function manyClasses(count: number): { id: string; name: string }[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `n${String(index).padStart(8, "0")}`,
    name: index % 7 === 0
      ? `American Staffordshire terrier ${index}, Staffordshire terrier`
      : `class ${index}`,
  }));
}

/** A red PNG of one pixel. */
export const redImage = "data:image/png;base64," +
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAADElEQVQImWP4z8AAAAMBAQCc479ZAAAAAElFTkSuQmCC";
