import { labelClasses } from "../../display/label_classes.ts";
import { type Content, type Html, markup } from "../../display/markup.ts";
import { classCaption } from "../../figures/gallery/class_captions.ts";
import type { Caption } from "../../figures/gallery/gallery.ts";
import { colors } from "../../figures/plotly/style.ts";
import { formatPercent } from "../../figures/plotly/text.ts";
import type { Prediction } from "../../runs/schemas.ts";
import type { EvaluationData, ReportedRun } from "../read_run.ts";
import { gallery, tilesOf } from "../sections/galleries.ts";
import {
  heading,
  scrollTable,
  type Section,
  section,
  type SectionContext,
} from "../sections/section.ts";
import type { Pairing, PredictionPair } from "./pair_runs.ts";
import { isCorrect } from "./paired_test.ts";
import { shortNames } from "./run_names.ts";

/** The most images of a gallery: of two runs, and of each of several. */
const maxOfTwo = 12, maxOfSeveral = 4;

/** A run as the captions name it. */
interface NamedRun {
  readonly name: string;
  readonly evaluated: EvaluationData;
}

/**
 * The images that the first run classifies correctly and another one does not, and the reverse.
 *
 * @param pairings Those of the second run, of the third and so on with the first.
 * @returns `undefined` if no run was evaluated on the same images as the first.
 */
export async function changedSidesSection(
  runs: readonly ReportedRun[],
  pairings: readonly Pairing[],
  context: SectionContext,
): Promise<Section | undefined> {
  const names = shortNames(runs);
  const most = runs.length === 2 ? maxOfTwo : maxOfSeveral;
  const parts: Html[] = [];
  for (const [index, { pairs }] of pairings.entries()) {
    if (!pairs) continue;
    const [first, other] = [0, index + 1].map((at): NamedRun => ({
      name: names[at]!,
      evaluated: runs[at]!.evaluated!,
    }));
    parts.push(await bothDirections(pairs, first!, other!, { most, level: context.level + 1 }));
  }
  if (parts.length === 0) return undefined;
  return section(context, "changed-sides", "Images that changed sides", parts);
}

async function bothDirections(
  pairs: readonly PredictionPair[],
  first: NamedRun,
  other: NamedRun,
  { most, level }: { readonly most: number; readonly level: number },
): Promise<Html> {
  const part = async (right: NamedRun, wrong: NamedRun): Promise<Html> => {
    const changed = pairs.filter((pair) =>
      isCorrect(pair.first) === (right === first) && isCorrect(pair.other) === (right === other)
    ).sort((a, b) => confidence(b) - confidence(a));
    const shown = changed.slice(0, most);
    return markup`${heading(level, `Right in ${right.name}, wrong in ${wrong.name}`)}
${
      changed.length === 0
        ? markup`<p>No image.</p>`
        : markup`<p class="lead">${shownOf(shown.length, changed.length)}</p>
${await pictures(shown, first, other)}`
    }`;
  };
  return markup`${await part(other, first)}${await part(first, other)}`;
}

function shownOf(shown: number, all: number): string {
  if (all === 1) return "One image.";
  return shown === all
    ? `${all} images, the most confident predictions first.`
    : `The ${shown} of ${all} images with the most confident predictions.`;
}

/** The mean probability of the two predictions. */
function confidence({ first, other }: PredictionPair): number {
  const of = ({ predicted, probabilities }: Prediction): number => probabilities[predicted] ?? 0;
  return (of(first) + of(other)) / 2;
}

/** The images, or a table where the data set was not found. */
async function pictures(
  pairs: readonly PredictionPair[],
  first: NamedRun,
  other: NamedRun,
): Promise<Content> {
  const { evaluated: { dataset } } = first;
  const predictions = pairs.map((pair) => pair.first);
  const tiles = dataset && await tilesOf(dataset, predictions);
  if (!tiles) return pairsTable(pairs, first, other);
  return await gallery(
    tiles.map((tile, index) => {
      const pair = pairs[index]!;
      const captions = [
        {
          label: "Correct: ",
          ...classCaption(pair.first.actual, first.evaluated.evaluation.classes),
        },
        predictionCaption(first, pair.first),
        predictionCaption(other, pair.other),
      ];
      return { prediction: pair.first, tile: { ...tile, captions } };
    }),
    undefined,
  );
}

function predictionCaption({ name, evaluated }: NamedRun, prediction: Prediction): Caption {
  const { predicted, probabilities } = prediction;
  return {
    label: `${name}: `,
    ...classCaption(predicted, evaluated.evaluation.classes),
    end: ` (${formatPercent(probabilities[predicted] ?? 0, 0)})`,
    color: isCorrect(prediction) ? colors.correct : colors.wrong,
  };
}

function pairsTable(
  pairs: readonly PredictionPair[],
  first: NamedRun,
  other: NamedRun,
): Html {
  const [classes, otherClasses] = [first, other].map(({ evaluated }) =>
    labelClasses(evaluated.evaluation.classes).map(({ name }) => name)
  );
  return scrollTable({
    title: "The images are not shown: the data set was not found",
    columns: ["Image", "Correct", first.name, other.name],
    rows: pairs.map((pair) => [
      pair.first.id,
      classes![pair.first.actual]!,
      classes![pair.first.predicted]!,
      otherClasses![pair.other.predicted]!,
    ]),
  });
}
