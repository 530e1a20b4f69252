import type { Split } from "../../data/dataset.ts";
import { encodePng } from "../../data/images/encode_png.ts";
import type { Results } from "../../runs/results.ts";
import type { Mistake, Prediction } from "../../runs/schemas.ts";

/** Enough for a gallery, few enough for a small folder. */
const kept = 12;
/** Shortest side of the kept images in pixels. */
const side = 160;

/** The misclassified images among predictions, the surest first. */
export function mostConfidentMistakes(predictions: readonly Prediction[]): Prediction[] {
  const surety = ({ predicted, probabilities }: Prediction): number =>
    probabilities[predicted] ?? 0;
  return predictions
    .filter(({ actual, predicted }) => actual !== predicted)
    .sort((a, b) => surety(b) - surety(a));
}

/**
 * Keeps the images of the surest mistakes with the results, so that galleries need no data set.
 *
 * @param split Draws or decodes the images larger than the net saw them.
 * @param samples The predictions' numbers in the split.
 */
export async function keepMistakes(
  results: Results,
  split: Split,
  samples: readonly number[],
  predictions: readonly Prediction[],
): Promise<void> {
  const positions = new Map(predictions.map((prediction, position) => [prediction, position]));
  const mistakes: Mistake[] = [];
  const images: Uint8Array[] = [];
  for (const [rank, prediction] of mostConfidentMistakes(predictions).slice(0, kept).entries()) {
    const sample = samples[positions.get(prediction)!]!;
    images.push(await encodePng(await split.image(sample, { mode: "shortest-side", size: side })));
    mistakes.push({ ...prediction, file: `${String(rank + 1).padStart(2, "0")}.png` });
  }
  await results.writeMistakes(mistakes, images);
}
