// %% [markdown]
// # 3 · Learning curves: when to stop, and what to keep
//
// Four numbers per epoch, two curves per panel: learning curves are the least that you can draw of a
// training, and they show most of what can go wrong. This notebook draws the article's figure for your
// own run and reads it. Then it over-fits a network on purpose, so that you know what that looks like,
// measures what protects against it, and lets early stopping end the training. Finally it examines the
// article's own numbers, which contain a small detective story: a network that was right for about 69 %
// of the images was published with 42 %.
//
// - **Goals**: read learning curves; recognize over-fitting and measure what helps against it; choose which
//   epoch's weights to keep, and say how certain an accuracy is.
// - **Time**: about four minutes on two cores; two more if no run is there yet and one must be trained.
// - **Prerequisites**: [2 · Training](02_training.ipynb).
// - **Links**: previous [2 · Training](02_training.ipynb), next
//   [4 · The confusion matrix](04_confusion_matrix.ipynb),
//   [the article](https://github.com/anejad/Convolutional-Neural-Network-Champions),
//   [the paper](https://arxiv.org/abs/1409.1556)

// %%
import { loadOrTrain, notebookSettings } from "vgg";

const settings = notebookSettings({ data: "drawn10" }); // or "cifar10", "imagenette160", a folder
Deno.chdir(settings.folder); // the project folder: data/ and runs/ are there
const trialEpochs = settings.short ? 2 : 30; // of the experiments below

// %% [markdown]
// `loadOrTrain` loads the newest run that was trained with these settings, for example notebook 2's. If
// there is none, it trains one.

// %%
const run = await loadOrTrain(settings);
run;

// %% [markdown]
// ## The article's figure

// %%
import { learningCurvesFigure, table } from "vgg";

const history = await run.history();
const { result, data } = run.record;
learningCurvesFigure(history, {
  subtitle: `${run.record.name}: ${data.train} training and ${data.validation} validation images`,
  bestEpoch: result!.best_epoch,
});

// %% [markdown]
// Read three things, in this order.
//
// 1. **Do both losses fall?** If not, nothing was learned, and notebook 2 says what to try.
// 2. **Is there a gap?** If training keeps improving and validation does not, the network begins to
//    memorize the images instead of learning the classes. That is over-fitting.
// 3. **Does validation still improve at the end?** Then more epochs would have helped.
//
// Here is the gap in numbers, epoch by epoch:

// %%
const percent = (fraction: number) => `${(100 * fraction).toFixed(1)} %`;
table({
  columns: ["epoch", "train", "validation", "gap", "learning rate at its end"],
  rows: history.map(({ epoch, accuracy, val_accuracy, lr }) => [
    epoch,
    percent(accuracy),
    percent(val_accuracy),
    percent(accuracy - val_accuracy),
    lr.toPrecision(2),
  ]),
});

// %% [markdown]
// Be careful what you compare. A training accuracy is a mean over the epoch, of augmented images, while the
// weights were changing; the validation accuracy is measured after the epoch, on unchanged images. A
// gap below zero is therefore possible: it means that augmentation makes training harder than
// validation.
//
// ## Over-fitting on purpose
//
// Remove everything that protects: use little data (40 images per class), no augmentation, no batch
// normalization, almost no weight decay, and a constant rate. The network is a VGG11 with a quarter
// of the channels and images of 32 pixels.

// %%
import { loadDataset, prepareShortRuns, recipes, subsetPerClass } from "vgg";

const dataset = await loadDataset(settings.data, settings.load);
const trials = await prepareShortRuns(subsetPerClass(dataset, { train: 40, validation: 50 }), 32);
const bare = {
  ...recipes.fast,
  batchSize: 32,
  epochs: trialEpochs,
  labelSmoothing: 0,
  augmentation: () => ({ kind: "none" }) as const,
};

// %%
const network = { configuration: "A", width: 0.25, head: "small" } as const;
const schedule = { kind: "constant", rate: 0.01 } as const;
const overfit = await trials.run({ network, recipe: { ...bare, schedule, clipNorm: 1 } });
learningCurvesFigure(overfit.history, {
  title: "Over-fitting",
  subtitle: "VGG11, width ¼, 32 px, 40 training images a class, nothing to hold it back",
});

// %% [markdown]
// A network over-fits when its training accuracy rises toward 100 % because it knows its images by heart,
// while its validation accuracy hardly rises any more, and the **validation loss turns and grows**. Loss and
// accuracy disagree because they answer different questions. Accuracy asks whether the correct class has
// the highest probability; the loss also asks how sure the network was, and an over-fitted network is
// sure even when it is wrong. The best epoch by one need not be the best by the other:

// %%
const best = (better: (a: typeof history[number], b: typeof history[number]) => boolean) =>
  overfit.history.reduce((a, b) => better(b, a) ? b : a);
const lines = {
  "the lowest loss": best((a, b) => a.val_loss < b.val_loss),
  "the highest accuracy": best((a, b) => a.val_accuracy > b.val_accuracy),
  "the last": overfit.history.at(-1)!,
};

// %%
table({
  columns: ["epoch", "is", "validation loss", "validation accuracy"],
  rows: Object.entries(lines).map(([what, { epoch, val_loss, val_accuracy }]) => {
    return [epoch, what, val_loss.toFixed(2), percent(val_accuracy)];
  }),
});

// %%
import { markdown } from "vgg";

const { "the lowest loss": lowest, "the last": ended } = lines;
markdown(
  `Training accuracy ended at **${percent(ended.accuracy)}**, validation accuracy at ` +
    `**${
      percent(ended.val_accuracy)
    }**. The validation loss was lowest in epoch ${lowest.epoch} of ` +
    `${ended.epoch} and then ` +
    (ended.val_loss > 1.05 * lowest.val_loss ? "**grew**" : "**hardly changed**") +
    ` from ${lowest.val_loss.toFixed(2)} to ${ended.val_loss.toFixed(2)}.`,
);

// %% [markdown]
// ## Three protections, measured
//
// Augmentation, dropout, and the L2 penalty (weight decay) are the usual protections against over-fitting.
// How much is each worth here? Take the recipe `fast` without any of them, the same 40 images per class, and
// as many epochs as above, so that the network has time to over-fit. Then add one at a time, and at last
// all. Dropout is not part of `fast`; here it has the paper's rate of 0.5, after the average pooling. One
// seed decides little, so each variant is trained with three.

// %%
const seeds = settings.short ? [1] : [1, 2, 3];
const fast = { ...recipes.fast, batchSize: 32, epochs: trialEpochs };
const { augmentation, weightDecay } = fast;
const unprotected = {
  ...fast,
  augmentation: bare.augmentation,
  weightDecay: { kind: "l2", value: 0 } as const,
};
const plain = { ...recipes.fast.network, width: 0.25 };
const withDropout = { ...plain, dropout: 0.5 };
const variants = {
  "none": { network: plain, recipe: unprotected },
  "augmentation": { network: plain, recipe: { ...unprotected, augmentation } },
  "dropout": { network: withDropout, recipe: unprotected },
  "L2": { network: plain, recipe: { ...unprotected, weightDecay } },
  "all three": { network: withDropout, recipe: fast },
};

// %%
const measured: { name: string; train: number[]; validation: number[] }[] = [];
for (const [name, variant] of Object.entries(variants)) {
  const result = { name, train: [] as number[], validation: [] as number[] };
  for (const seed of seeds) {
    const { history } = await trials.run({ ...variant, seed });
    result.train.push(history.at(-1)!.accuracy);
    result.validation.push(history.at(-1)!.val_accuracy);
  }
  measured.push(result);
}
`${measured.length * seeds.length} trainings`;

// %%
import { wilsonInterval } from "vgg";

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const points = (difference: number) => (100 * difference).toFixed(1).replace("-", "−");
const images = trials.validation.labels.length;
const gainsOf = (validation: readonly number[]) =>
  validation.map((accuracy, index) => accuracy - measured[0]!.validation[index]!);
table({
  columns: ["protection", "train", "validation", "95 % interval", "gain by seed, points"],
  rows: measured.map(({ name, train, validation }, index) => {
    const interval = wilsonInterval(mean(validation) * images, images).map(percent).join(" to ");
    const gains = index === 0 ? "" : gainsOf(validation).map(points).join(", ");
    return [name, percent(mean(train)), percent(mean(validation)), interval, gains];
  }),
});

// %%
const verdicts = measured.slice(1).map(({ name, train, validation }) => {
  const gains = gainsOf(validation);
  const [raised, lowered] = [gains.every((gain) => gain > 0), gains.every((gain) => gain < 0)];
  const effect = raised ? "raised" : lowered ? "lowered" : "did not clearly change";
  const change = `${mean(gains) < 0 ? "" : "+"}${points(mean(gains))} points on average`;
  const gap = points(mean(train) - mean(validation));
  return `- ${name} **${effect}** the accuracy (${change}); the gap is ${gap} points.`;
});
markdown(
  `With ${seeds.length === 1 ? "one seed" : `${seeds.length} seeds`} and ${images} validation ` +
    `images:\n\n${verdicts.join("\n")}\n\n` +
    `Without protection the gap is ${
      points(mean(measured[0]!.train) - mean(measured[0]!.validation))
    } ` +
    `points.`,
);

// %% [markdown]
// "Raised" and "lowered" mean that all seeds agree in the sign; if a protection had no effect, three seeds
// would still agree in one case of four. The intervals cover the choice of validation images only. A
// protection that costs accuracy here is not a bad one: protections slow learning down, and a training this
// short may end before they pay off. Compare the gap between train and validation: that is what they
// are made to reduce.
//
// ## Early stopping
//
// The article advises `EarlyStopping`: end the training when validation has not improved for a number of
// epochs, the *patience*. The rule fits in one line: stop after epoch $t$ if $t - t_\text{best} \ge p$.
// What would it have done with the over-fitted training above?

// %%
import { evaluate, stopEarly, watchEvaluation } from "vgg";

const accuracies = overfit.history.map(({ val_accuracy }) => val_accuracy);
table({
  columns: ["patience", "stops after epoch", "best epoch", "accuracy kept", "epochs saved"],
  rows: [1, 2, 3, 5, 10, accuracies.length].map((patience) => {
    const { epoch, bestEpoch } = stopEarly(accuracies, patience);
    const kept = percent(accuracies[bestEpoch - 1]!);
    return [patience, epoch, bestEpoch, kept, accuracies.length - epoch];
  }),
});

// %% [markdown]
// With little patience the training stops at the first bad epoch; with much patience nothing is saved. The
// last row is the article's own choice: a patience as long as the training can never stop it.
//
// Stopping is only half of the advice. The other half is to **keep the best epoch's weights**, which
// costs one file and makes patience harmless. This library always does so; a run keeps the best and the
// last.

// %%
const ofLast = await evaluate(run, { weights: "last", ...watchEvaluation() });
const ofBest = await evaluate(run, { weights: "best", ...watchEvaluation() });
table({
  columns: ["weights", "top-1", "loss"],
  rows: [ofBest, ofLast].map(({ weights, top1, loss }) => {
    return [weights, percent(top1), loss.toFixed(3)];
  }),
});

// %% [markdown]
// If the best epoch was the last, both rows are the same. With a rate that falls almost to zero
// they are at least close, as you will see below.
//
// ## The article's collapsed last epoch
//
// The article trains VGG16 on ten ImageNet classes for 40 epochs. In its notebook's log the best
// validation accuracy is 0.6914, in epoch 22; the last is 0.4141. It then evaluates: 42 %, with 210 of
// 500 images on the diagonal of the matrix. What happened? Its own log and code reveal three facts.
//
// **First: its "validation" is one batch of 256 images.** The log does not say so, but an accuracy is a
// whole number divided by the number of images, and both logged values must match to four digits. Try all
// numbers up to the 500 images that existed:

// %%
import { linesFigure } from "vgg";

const logged = [0.6914, 0.4141];
const fits = (accuracy: number, images: number) =>
  (Math.round(accuracy * images) / images).toFixed(4) === accuracy.toFixed(4);
Array.from({ length: 500 }, (_, index) => index + 1)
  .filter((images) => logged.every((accuracy) => fits(accuracy, images)));

// %% [markdown]
// Only one number fits, and it is the batch size. The counts were 177 and 106 of 256.
//
// A fraction of $n$ images has a standard error of $\sqrt{p\,(1-p)/n}$, about three points here. Could the
// fall from 69 to 41 % be chance? Wilson's interval contains the true accuracy with a confidence of 95 %:

// %%
const claims = [
  ["best epoch, 22", 177, 256],
  ["last epoch, 40", 106, 256],
  ["published evaluation", 210, 500],
] as const;
table({
  columns: ["accuracy of", "right", "of", "accuracy", "95 % interval"],
  rows: claims.map(([what, right, total]) => {
    const [low, high] = wilsonInterval(right, total);
    return [what, right, total, percent(right / total), `${percent(low)} to ${percent(high)}`];
  }),
});

// %% [markdown]
// The intervals of the first two are far apart: the collapse was real. And those of the last two
// overlap: **the published 42 % is the last epoch's network, not the best one's.** The
// reason is the second fact. `ModelCheckpoint` was called without `save_best_only`, so each epoch
// overwrote the file of the one before. The article's confusion matrix and its examples come from a network
// on a bad day.
//
// **Third: nothing in the recipe lets the network settle.** The rate is a constant 0.01 until the last
// step, and early stopping has a patience of 40 epochs out of 40. An epoch's weights are a snapshot of
// something that still moves, and some snapshots are bad. Nobody can say afterward which batch
// threw the network off in epoch 40. But you can see here that a constant rate makes the last epoch a
// lottery: the same network with the same data, once at a constant rate and once with one that falls almost
// to zero.

// %%
const normalized = { ...network, batchNorm: true, convBias: false, batchNormMomentum: 0.9 };
const epochs = settings.short ? 2 : 20;
const constant = await trials.run({
  network: normalized,
  recipe: { ...bare, epochs, schedule: { kind: "constant", rate: 0.05 } },
});
const falling = await trials.run({ network: normalized, recipe: { ...bare, epochs } });

// %%
const curves = { "constant rate": constant, "falling rate": falling };
linesFigure(
  Object.entries(curves).map(([name, { history }]) => ({
    name,
    values: history.map(({ val_accuracy }) => 100 * val_accuracy),
  })),
  {
    title: "Coming to rest",
    subtitle:
      "Validation accuracy; the same network at a constant rate of 0.05 and with a peak of 0.05",
    xTitle: "epoch",
    yTitle: "validation accuracy, %",
  },
);

// %%
table({
  columns: ["rate", "last epoch", "best", "lowest of the last five", "highest of the last five"],
  rows: Object.entries(curves).map(([name, { history }]) => {
    const all = history.map(({ val_accuracy }) => val_accuracy);
    const five = all.slice(-5);
    const numbers = [all.at(-1)!, Math.max(...all), Math.min(...five), Math.max(...five)];
    return [name, ...numbers.map(percent)];
  }),
});

// %%
const spreads = Object.entries(curves).map(([name, { history }]) => {
  const five = history.slice(-5).map(({ val_accuracy }) => val_accuracy);
  return `${points(Math.max(...five) - Math.min(...five))} points at the ${name}`;
});
markdown(`The last five epochs are spread over **${spreads.join("** and **")}**.`);

// %% [markdown]
// The wider the spread, the more it is luck which epoch you publish. The paper's authors divided the rate
// by ten three times, for this reason among others.
//
// A fourth suspect is the weight decay. Notebook 2 computed that the article's decoupled decay, with no
// gradient against it, leaves 13 % of a weight after its 4,040 steps: weights that are pulled down so
// strongly need large steps to hold them up, which keeps the network moving.
//
// ## Summary
//
// - Draw both losses and both accuracies, of **all** validation images.
// - Over-fitting shows as a validation loss that grows while the training loss falls.
// - Measure what a protection is worth, with several seeds and an interval; a short training can show
//   the opposite of a long one.
// - Keep the best weights, not the last, and let the learning rate fall; then stop early if you like.
// - The best epoch was chosen by looking at the validation images, so its accuracy is slightly too high.
//   If that matters, keep a third set of images that nobody looked at.
//
// ## Exercises
//
// 1. How many validation images do you need for a standard error of one point at an accuracy of 70 %?
//    How many did the article have to choose its best epoch?
//
//    <details><summary>Solution</summary>
//
//    $n = p\,(1-p) / 0.01^2 = 2{,}100$. The article had one batch of 256, and 500 images in all.
//
//    ```ts
//    Math.round(0.7 * 0.3 / 0.01 ** 2);
//    ```
//
//    </details>
//
// 2. Choosing the best of 40 epochs is choosing a maximum. Simulate 40 epochs of a network whose true
//    accuracy is always 65 %, with 256 images each. What is the best epoch's accuracy, typically?
//
//    <details><summary>Solution</summary>
//
//    About 71 %: the maximum of 40 values lies about two standard errors of three points above the mean.
//    So a part of the article's 69 % may be luck as well.
//
//    ```ts
//    const epochAccuracy = () =>
//      mean(Array.from({ length: 256 }, () => Number(Math.random() < 0.65)));
//    const bests = Array.from({ length: 200 }, () =>
//      Math.max(...Array.from({ length: 40 }, epochAccuracy)));
//    percent(mean(bests));
//    ```
//
//    </details>
//
// 3. Add `augmentation: recipes.fast.augmentation` to `bare` and over-fit again. By how many epochs does
//    the turn of the validation loss move?
//
//    <details><summary>Solution</summary>
//
//    The cell prints the epoch of the lowest validation loss without and with augmentation. Later is better.
//
//    ```ts
//    const augmented = await trials.run({
//      network,
//      recipe: { ...bare, schedule, clipNorm: 1, augmentation: recipes.fast.augmentation },
//    });
//    [overfit, augmented].map(({ history }) =>
//      history.reduce((a, b) => b.val_loss < a.val_loss ? b : a).epoch
//    );
//    ```
//
//    </details>
//
// 4. Early stopping here watches the accuracy. Write the same rule for the validation loss, and compare
//    what both would keep of the over-fitted training.
//
//    <details><summary>Solution</summary>
//
//    A loss is better when it is lower, so give `stopEarly` the negative losses. The loss turns before
//    the accuracy does, so this rule stops earlier as a rule.
//
//    ```ts
//    const negative = overfit.history.map(({ val_loss }) => -val_loss);
//    table({
//      columns: ["patience", "best epoch by accuracy", "best epoch by loss"],
//      rows: [1, 2, 3, 5, 10].map((patience) => [
//        patience,
//        stopEarly(accuracies, patience).bestEpoch,
//        stopEarly(negative, patience).bestEpoch,
//      ]),
//    });
//    ```
//
//    </details>
