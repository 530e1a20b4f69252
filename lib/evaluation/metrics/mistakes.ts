import type { Split } from "../../data/dataset.ts";
import { encodePng } from "../../data/images/encode_png.ts";
import type { Results } from "../../runs/results.ts";
import type { Mistake, Prediction } from "../../runs/schemas.ts";

/** Enough for a gallery, few enough for a small folder. */
const maxSaved = 12;
/** Shortest side of the saved images in pixels. */
const side = 160;

/**
 * The wrong predictions, the most confident first. Unlike `topLosses` it ranks by the
 * probability of the predicted class, not by that of the actual one.
 *
 * @example
 * ```ts
 * import { mostConfidentMistakes } from "vgg";
 *
 * const wrong = { id: "a.png", actual: 1, predicted: 0, probabilities: [0.9, 0.1] };
 * mostConfidentMistakes([wrong, { ...wrong, predicted: 1 }]).length; // 1
 * ```
 */
export function mostConfidentMistakes(predictions: readonly Prediction[]): Prediction[] {
  const confidence = ({ predicted, probabilities }: Prediction): number =>
    probabilities[predicted] ?? 0;
  return predictions
    .filter(({ actual, predicted }) => actual !== predicted)
    .sort((a, b) => confidence(b) - confidence(a));
}

/**
 * Saves the images of the most confident mistakes with the results, so that galleries need no data
 * set.
 *
 * @param split Gives the images, larger than the network's input.
 * @param samples The sample number of each prediction in the split.
 */
export async function saveMistakes(
  results: Results,
  split: Split,
  samples: readonly number[],
  predictions: readonly Prediction[],
): Promise<void> {
  const positions = new Map(predictions.map((prediction, position) => [prediction, position]));
  const mistakes: Mistake[] = [];
  const images: Uint8Array[] = [];
  const saved = mostConfidentMistakes(predictions).slice(0, maxSaved);
  for (const [rank, prediction] of saved.entries()) {
    const sample = samples[positions.get(prediction)!]!;
    images.push(await encodePng(await split.image(sample, { mode: "shortest-side", size: side })));
    mistakes.push({ ...prediction, file: `${String(rank + 1).padStart(2, "0")}.png` });
  }
  await results.writeMistakes(mistakes, images);
}
