// %% [markdown]
// # 4 · The confusion matrix: which classes are confused
//
// "92 % right" is a summary, and it hides as much as it says. Is every class that good, or are eight
// perfect and two hopeless? Which classes are confused with each other? The confusion matrix answers both
// questions at a glance. This notebook builds it, reads it, and then asks the question that a table of
// percentages makes you forget: how much of this is chance?
//
// - **Goals**: build and read a confusion matrix; compute recall, precision, and F1; say which differences
//   between classes are more than chance.
// - **Time**: less than a minute on two cores; two minutes more if no run is there yet and one must be
//   trained.
// - **Prerequisites**: [2 · Training](02_training.ipynb) trains the run that is evaluated here, and
//   [3 · Learning curves](03_learning_curves.ipynb) introduces Wilson's interval.
// - **Links**: previous [3 · Learning curves](03_learning_curves.ipynb), next
//   [5 · Misclassified images](05_misclassified.ipynb),
//   [the article](https://github.com/anejad/Convolutional-Neural-Network-Champions),
//   [the paper](https://arxiv.org/abs/1409.1556)

// %%
import { loadOrTrain, notebookSettings } from "vgg";

const settings = notebookSettings({ data: "drawn10" }); // or "cifar10", "imagenette160", a folder
Deno.chdir(settings.folder); // the project folder: data/ and runs/ are there
const run = await loadOrTrain(settings);
run;

// %% [markdown]
// ## Evaluate
//
// The best epoch's weights look at every test image twice, as it is and flipped, and the probabilities of
// both are averaged. A data set without test images is measured on its validation images; the title of the
// table says which. The predicted class is the one with the highest probability. **Top-1** is the
// fraction of images whose own class has the highest probability, **top-5** the fraction whose own class is
// among the five highest. With ten classes top-5 is easy; it was made for ImageNet, which has a thousand.

// %%
import { evaluate, watchEvaluation } from "vgg";

const evaluation = await evaluate(run, watchEvaluation());
evaluation;

// %% [markdown]
// ## The matrix, in three lines
//
// A confusion matrix has a row for each actual class, a column for each predicted class, and the number of
// images in each cell. That is all:

// %%
import { classScores, confusionMatrixFigure, table } from "vgg";

const predictions = await run.predictions();
const classes = evaluation.classes;

const matrix = classes.map(() => classes.map(() => 0));
for (const { actual, predicted } of predictions) matrix[actual]![predicted]! += 1;
const right = matrix.reduce((sum, row, index) => sum + row[index]!, 0);
`${right} of ${predictions.length} on the diagonal`;

// %% [markdown]
// The article draws it as a heat map with the counts in the cells. Here, too, a row is an actual class.
// The color is a cell's fraction of its row: blue on the diagonal, where the prediction is right, and red
// elsewhere.

// %%
confusionMatrixFigure(evaluation, { subtitle: run.record.name });

// %% [markdown]
// Read it in two directions.
//
// Along a **row**: what does the network make of the images of one class? The diagonal's fraction of the row
// is the class's accuracy, also called *recall*. Down a **column**: which images get this label? The
// diagonal's fraction of the column is the *precision*. A network that gives every image the same label has a
// perfect recall for that class, but a poor precision. The harmonic mean of the two,
//
// $$F_1 = \frac{2 \cdot \text{precision} \cdot \text{recall}}{\text{precision} + \text{recall}},$$
//
// is high only if both are.

// %%
const percent = (share: number | null) => share === null ? "–" : `${(100 * share).toFixed(1)} %`;
const scores = classScores(evaluation.confusion);
table({
  columns: ["class", "recall", "precision", "F1"],
  rows: scores.map(({ recall, precision, f1 }, index) => {
    const name = classes[index]!.name.split(",")[0]!;
    return [name, percent(recall), percent(precision), percent(f1)];
  }),
});

// %% [markdown]
// ## Which classes are confused
//
// Add the two cells that belong to a pair of classes, and sort. Look at these pairs first if you want a
// better network.

// %%
import { markdown, mostConfused } from "vgg";

const name = (index: number) => classes[index]!.name.split(",")[0]!;
const pairs = mostConfused(evaluation.confusion);
table({
  columns: ["pair", "first taken for second", "second for first", "together"],
  rows: pairs.slice(0, 6).map(({ classes: [one, other], counts: [there, back] }) => {
    return [`${name(one)} and ${name(other)}`, there, back, there + back];
  }),
});

// %% [markdown]
// How far from chance is that? If the mistakes were spread evenly over the cells beside the diagonal, all
// pairs would have the same number:

// %%
const mistakes = predictions.length - right;
const allPairs = classes.length * (classes.length - 1) / 2;
const inTwo = pairs.slice(0, 2).reduce((sum, { counts }) => sum + counts[0] + counts[1], 0);
markdown(
  `**${inTwo}** of ${mistakes} mistakes are in two of the ${allPairs} pairs. Spread evenly, two ` +
    `pairs would have **${(2 * mistakes / allPairs).toFixed(1)}**.`,
);

// %% [markdown]
// In most data sets the mistakes gather in few pairs. The article saw the same: its network
// confused bucket and shopping basket, and the two monkeys, and these pairs are hard for people
// too. A confusion that a person would not make is more interesting, because it shows that the network
// looks at something else than you do. Notebook 7 shows what it looks at.
//
// ## How certain is this?
//
// A class has $x$ of $n$ images right, so its accuracy is $\hat p = x / n$, but another $n$ images would
// have given another number. The textbook's interval, $\hat p \pm 1.96 \sqrt{\hat p (1 - \hat p)/n}$, is
// misleading here: if all images are right, it has the width zero, as if there were no doubt. Wilson's
// interval asks the reverse question, *for which true accuracies would $\hat p$ not be surprising?*, and
// has the answer
//
// $$\frac{\hat p + \frac{z^2}{2n} \pm z \sqrt{\frac{\hat p (1 - \hat p)}{n} + \frac{z^2}{4n^2}}}{1 + \frac{z^2}{n}},
// \qquad z = 1.96.$$
//
// The table compares both for the number of images that a class of your data has.

// %%
import { perClassAccuracyFigure, wilsonInterval } from "vgg";

const wilson = (x: number, n: number) => wilsonInterval(x, n).map(percent).join(" to ");
const textbook = (share: number, n: number) => {
  const half = 1.96 * Math.sqrt(share * (1 - share) / n);
  return `${percent(share - half)} to ${percent(share + half)}`;
};
const perClass = Math.max(...matrix.map((row) => row.reduce((a, b) => a + b, 0)));
table({
  columns: [`right of ${perClass}`, "textbook", "Wilson"],
  rows: [1, 0.98, 0.9, 0.5, 0.04].map((share) => {
    const x = Math.round(share * perClass);
    return [x, textbook(x / perClass, perClass), wilson(x, perClass)];
  }),
});

// %% [markdown]
// The textbook's interval extends beyond 100 % and below 0 %; Wilson's cannot. And look how wide they are:
// with so few images, two classes that differ by a few right images may well be equally good. The figure
// shows all intervals.

// %%
perClassAccuracyFigure(evaluation, { subtitle: run.record.name });

// %% [markdown]
// Two classes differ with certainty only if their whiskers are clearly apart. Which of the classes below
// the mean can be distinguished from it?

// %%
const worse = evaluation.per_class.filter(({ accuracy, interval: [, high] }) =>
  accuracy !== null && high < evaluation.top1
);
worse.length === 0
  ? "no class is certainly worse than the mean"
  : `certainly worse than the mean: ${worse.map(({ name }) => name.split(",")[0]).join(", ")}`;

// %% [markdown]
// All images together narrow the interval. This is the number that belongs beside every accuracy:

// %%
const [low, high] = wilsonInterval(right, predictions.length);
`${percent(evaluation.top1)}, between ${percent(low)} and ${percent(high)} at 95 % confidence`;

// %% [markdown]
// ## The article's matrix
//
// This is the matrix that the article published, with 50 images per class. Its figure labels the rows and
// columns with ImageNet's ids, in the order in which its notebook lists the classes; here they have
// names.

// %%
const articleRows: Record<string, readonly number[]> = {
  bucket: [14, 0, 3, 11, 4, 8, 0, 6, 2, 2],
  gyromitra: [3, 34, 3, 1, 1, 0, 1, 5, 0, 2],
  vault: [2, 2, 19, 1, 3, 6, 3, 4, 3, 7],
  "shopping basket": [10, 4, 3, 22, 2, 1, 0, 4, 3, 1],
  bison: [0, 0, 1, 0, 28, 4, 1, 1, 2, 13],
  dowitcher: [0, 4, 0, 2, 3, 39, 0, 0, 1, 1],
  titi: [0, 16, 3, 0, 3, 4, 2, 3, 5, 14],
  drum: [11, 3, 3, 4, 1, 0, 0, 21, 3, 4],
  zucchini: [4, 4, 13, 4, 3, 4, 2, 6, 6, 4],
  siamang: [0, 3, 3, 0, 14, 0, 1, 3, 1, 25],
};

// %%
const articleNames = Object.keys(articleRows), articleMatrix = Object.values(articleRows);
const rightOf50 = articleMatrix.map((row, index) => row[index]!);
const sum = rightOf50.reduce((a, b) => a + b, 0);
const takenFor = (row: readonly number[], index: number) => {
  const most = Math.max(...row.filter((_, column) => column !== index));
  return `${articleNames[row.findIndex((count, at) => count === most && at !== index)]} (${most})`;
};
table({
  columns: ["actual class", "right of 50", "accuracy", "95 % interval", "most often taken for"],
  rows: rightOf50.map((x, index) => {
    const mistaken = takenFor(articleMatrix[index]!, index);
    return [articleNames[index]!, x, percent(x / 50), wilson(x, 50), mistaken];
  }),
  foot: ["all", sum, percent(sum / 500), wilson(sum, 500), ""],
});

// %% [markdown]
// Two classes are good, gyromitra and dowitcher, and two are bad, titi and zucchini. Titi, with 2 of 50, is
// worth a second look: a network that *guesses* is right for about 5 of 50. Could 2 be a guess? The
// probability of at most 2 of 50, with a chance of one in ten each, is a sum of three terms of the binomial
// distribution, $\sum_{k \le 2} \binom{50}{k}\, 0.1^k\, 0.9^{50-k}$:

// %%
const choose = (n: number, k: number): number => k === 0 ? 1 : choose(n, k - 1) * (n - k + 1) / k;
const chance = [0, 1, 2].reduce((sum, k) => sum + choose(50, k) * 0.1 ** k * 0.9 ** (50 - k), 0);
percent(chance);

// %% [markdown]
// So a guess would do as badly about one time in nine. But this network did not guess: 30 of the 50 titis
// were taken for one of two classes, gyromitra and the other monkey, siamang. It never learned to name titis
// and gave them to others. Remember from notebook 3 that this is the network of a collapsed last epoch. The
// same training's best epoch was right for 69 % of its batch of images, and its matrix was never drawn.
//
// ## Summary
//
// - A confusion matrix counts images: a row for each actual class, a column for each predicted one.
// - Recall is read along the row, precision down the column, and F1 is high only if both are.
// - Mistakes gather in few pairs of classes; those are where a better network can be found.
// - With tens of images per class, accuracies are uncertain by many points. Give an interval, and use
//   Wilson's.
// - The article's matrix belongs to its last epoch; it shows a bad day, not what the recipe can do.
//
// ## Exercises
//
// 1. Classes with many images dominate the accuracy. Compute the *balanced* accuracy, the mean of the
//    classes' recalls. For which data sets is it equal to top-1?
//
//    <details><summary>Solution</summary>
//
//    For data sets in which all classes have equally many images, such as the default one.
//
//    ```ts
//    const recalls = scores.flatMap(({ recall }) => recall ?? []);
//    const balanced = recalls.reduce((a, b) => a + b, 0) / recalls.length;
//    `balanced ${percent(balanced)}, top-1 ${percent(evaluation.top1)}`;
//    ```
//
//    </details>
//
// 2. How many images per class do you need to distinguish an accuracy of 90 % from one of 94 %? Use
//    `wilsonInterval` and try.
//
//    <details><summary>Solution</summary>
//
//    The intervals separate at about 700 images. (Intervals that overlap a little can still belong to a
//    real difference, so this is on the safe side.)
//
//    ```ts
//    let needed = 50;
//    while (wilsonInterval(0.9 * needed, needed)[1] > wilsonInterval(0.94 * needed, needed)[0]) {
//      needed += 10;
//    }
//    needed;
//    ```
//
//    </details>
//
// 3. Merge the two classes of the most confused pair into one, in the matrix alone. What happens to the
//    accuracy? Is that the accuracy of a network that was trained with one class less?
//
//    <details><summary>Solution</summary>
//
//    The accuracy rises by the mistakes between the two. A network that was trained with the merged class
//    would be another one: it would not have spent effort on telling the two apart, and it would see the
//    merged class twice as often as the others.
//
//    ```ts
//    const between = pairs[0] ? pairs[0].counts[0] + pairs[0].counts[1] : 0;
//    `${percent(evaluation.top1)} → ${percent((right + between) / predictions.length)}`;
//    ```
//
//    </details>
//
// 4. Divide each column by its sum instead of each row, and draw the matrix again. Which question does
//    it answer now?
//
//    <details><summary>Solution</summary>
//
//    A column then says what is behind a label: its diagonal is the precision.
//
//    ```ts
//    import { heatmapsFigure } from "vgg";
//
//    const columnSums = classes.map((_, column) =>
//      matrix.reduce((total, row) => total + row[column]!, 0)
//    );
//    const byColumn = matrix.map((row) =>
//      row.map((count, column) => Math.round(100 * count / Math.max(1, columnSums[column]!)))
//    );
//    heatmapsFigure([{ name: "percent of each column", values: byColumn }], {
//      title: "What is behind a label",
//    });
//    ```
//
//    </details>
//
// 5. Evaluate with `{ flip: false }`: one look instead of two. How many predictions change, and is the
//    change of the accuracy larger than the interval?
//
//    <details><summary>Solution</summary>
//
//    Few predictions change, in both directions, and the change usually lies within the interval. The
//    run's folder then holds this evaluation; run the first `evaluate` again to restore the other.
//
//    ```ts
//    const once = await evaluate(run, { flip: false, ...watchEvaluation() });
//    const looks = await run.predictions();
//    const changed = looks.filter(({ predicted }, index) => {
//      return predicted !== predictions[index]!.predicted;
//    });
//    `${changed.length} predictions change: ${percent(evaluation.top1)} → ${percent(once.top1)}`;
//    ```
//
//    </details>
