// %% [markdown]
// # 4 · The confusion matrix: what is taken for what
//
// "92 % right" is a summary, and hides as much as it says. Is every class that good, or are eight
// perfect and two hopeless? Which classes are taken for which? The confusion matrix answers both at a
// glance. This notebook builds it, reads it, and then asks the question that a table of percentages
// tempts you to forget: how much of this is chance?

// %%
import { loadOrTrain, notebookSettings } from "vgg";

const settings = notebookSettings({ data: "drawn10" }); // or "cifar10", "imagenette160", a folder
Deno.chdir(settings.folder); // the project folder: data/ and runs/ are there
const run = await loadOrTrain(settings);
run;

// %% [markdown]
// ## Evaluate
//
// The best epoch's weights look at every test image twice, as it is and mirrored, and the mean of both
// gives each class a probability. A data set without test images is measured on its validation images;
// the title of the table says which. The predicted class is the likeliest one. **Top-1** is the
// share of images whose own class is the likeliest, **top-5** the share whose own class is among the
// five likeliest. With ten classes top-5 is a mild exam; ImageNet, with a thousand, is where it was
// made for.

// %%
import { evaluate, watchEvaluation } from "vgg";

const evaluation = await evaluate(run, watchEvaluation());
evaluation;

// %% [markdown]
// ## The matrix, in three lines
//
// A row for each actual class, a column for each predicted one, and a count in each cell. There is
// nothing more to a confusion matrix:

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
// Color is a cell's share of its row: blue on the diagonal, where it is right, red elsewhere.

// %%
confusionMatrixFigure(evaluation, { subtitle: run.record.name });

// %% [markdown]
// Read it in two directions.
//
// Along a **row**: what becomes of the images of a class? The diagonal's share of the row is the class's
// accuracy, also called *recall*. Down a **column**: what is behind the label when the network says it?
// The diagonal's share of the column is the *precision*. A network that calls everything a bucket has a
// perfect recall for buckets, and a precision of a tenth. The harmonic mean of the two,
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
// ## Who is taken for whom
//
// Add the two cells that belong to a pair of classes, and sort. These are the pairs to look at first
// when you want a better network.

// %%
import { mostConfused } from "vgg";

const name = (index: number) => classes[index]!.name.split(",")[0]!;
const pairs = mostConfused(evaluation.confusion);
table({
  columns: ["pair", "first taken for second", "second for first", "together"],
  rows: pairs.slice(0, 6).map(({ classes: [one, other], counts: [there, back] }) => {
    return [`${name(one)} and ${name(other)}`, there, back, there + back];
  }),
});

// %%
const mistakes = predictions.length - right;
const allPairs = classes.length * (classes.length - 1) / 2;
const inTwo = pairs.slice(0, 2).reduce((sum, { counts }) => sum + counts[0] + counts[1], 0);
`${inTwo} of ${mistakes} mistakes lie in two pairs, of ${allPairs}`;

// %% [markdown]
// Mistakes are not spread evenly over the matrix; they gather. The article saw the same: its network
// mixed up bucket and shopping basket, and the two monkeys, and those pairs are hard for people as
// well. A confusion that a person would not make is the more interesting find, for it says that the
// network looks at something else than you.
//
// How far from chance is a pair? If all mistakes were spread evenly over the
// cells beside the diagonal, each pair of classes would get

// %%
(mistakes / allPairs).toFixed(2);

// %% [markdown]
// ## How sure can we be?
//
// A class has 50 validation images in the default data. If a class has $x$ of $n$ right, its accuracy is
// $\hat p = x / n$, but another 50 images would have given another number. The interval of the
// textbook, $\hat p \pm 1.96 \sqrt{\hat p (1 - \hat p)/n}$, is a bad guide here: for 50 of 50 it has the
// width zero, as if the matter were settled. Wilson's interval asks the question the other way round,
// *for which true accuracies would $\hat p$ be unsurprising?*, and has the answer
//
// $$\frac{\hat p + \frac{z^2}{2n} \pm z \sqrt{\frac{\hat p (1 - \hat p)}{n} + \frac{z^2}{4n^2}}}{1 + \frac{z^2}{n}},
// \qquad z = 1.96.$$

// %%
import { perClassAccuracyFigure, wilsonInterval } from "vgg";

const wilson = (x: number, n: number) => wilsonInterval(x, n).map(percent).join(" to ");
const textbook = (share: number, n: number) => {
  const half = 1.96 * Math.sqrt(share * (1 - share) / n);
  return `${percent(share - half)} to ${percent(share + half)}`;
};
table({
  columns: ["right of 50", "textbook", "Wilson"],
  rows: [50, 49, 45, 25, 2].map((x) => {
    return [x, textbook(x / 50, 50), wilson(x, 50)];
  }),
});

// %% [markdown]
// The textbook's interval runs beyond 100 % and below 0 %; Wilson's cannot. And look how wide they are:
// with 50 images, a class that got 45 right may well be as good as one that got 49. The figure draws
// them all.

// %%
perClassAccuracyFigure(evaluation, { subtitle: run.record.name });

// %% [markdown]
// Two classes differ for certain only where their whiskers are clearly apart. Count how many of the
// classes below the mean can be told from it:

// %%
const worse = evaluation.per_class.filter(({ accuracy, interval: [, high] }) =>
  accuracy !== null && high < evaluation.top1
);
worse.length === 0
  ? "no class is certainly worse than the mean"
  : `certainly worse than the mean: ${worse.map(({ name }) => name.split(",")[0]).join(", ")}`;

// %% [markdown]
// All 500 images together narrow the interval to a few points. It is the number that belongs beside
// every accuracy:

// %%
const [low, high] = wilsonInterval(right, predictions.length);
`${percent(evaluation.top1)}, between ${percent(low)} and ${percent(high)} at 95 % confidence`;

// %% [markdown]
// ## The article's matrix
//
// The diagonal that the article published, row by row of its matrix, with 50 images a class:

// %%
const diagonal = [14, 34, 19, 22, 28, 39, 2, 21, 6, 25];
const sum = diagonal.reduce((a, b) => a + b, 0);
table({
  columns: ["row", "right of 50", "accuracy", "95 % interval"],
  rows: diagonal.map((x, row) => [row, x, percent(x / 50), wilson(x, 50)]),
  foot: ["", sum, percent(sum / 500), ""],
});

// %% [markdown]
// Two rows are good, two are bad. Row 6, with 2 of 50, is worth a second look: a network that *guesses*
// is right for about 5 of 50. Could 2 be a guess? The probability to get at most 2 of 50 with a chance
// of one in ten each is a sum of three terms of the binomial distribution,
// $\sum_{k \le 2} \binom{50}{k}\, 0.1^k\, 0.9^{50-k}$:

// %%
const choose = (n: number, k: number): number => k === 0 ? 1 : choose(n, k - 1) * (n - k + 1) / k;
const chance = [0, 1, 2].reduce((sum, k) => sum + choose(50, k) * 0.1 ** k * 0.9 ** (50 - k), 0);
percent(chance);

// %% [markdown]
// So a guess would do as badly about one time in nine. A class at 4 % is not far from one that the
// network never learned to name, and gives to others. Remember from notebook 3 that this is the
// network of a collapsed last epoch. The same recipe's best epoch was right on 69 % of its batch of
// images, and its matrix was never drawn.
//
// ## Exercises
//
// 1. Classes with many images dominate the accuracy. Compute the *balanced* accuracy, the mean of the
//    classes' recalls. For which data sets does it equal top-1?
// 2. How many images a class would you need to tell an accuracy of 90 % from one of 94 %? Use
//    `wilsonInterval` and try.
// 3. Merge the two classes of the most confused pair into one, in the matrix alone. What becomes of the
//    accuracy? Is that the accuracy of a network that was trained on nine classes?
// 4. Divide each column by its sum instead of each row, and draw the matrix again. Which question does
//    it answer now?
// 5. Evaluate with `{ flip: false }`: one look instead of two. Which pairs change, and are the changes
//    larger than the intervals?
