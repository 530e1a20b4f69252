// %% [markdown]
// # 3 · Learning curves: when to stop, and what to keep
//
// Four numbers an epoch, two curves a panel: learning curves are the least you can draw of a training,
// and most of what can go wrong shows in them. This notebook draws the article's figure for our own
// run and reads it. Then it over-fits a network on purpose, so that you know what that looks like,
// and lets early stopping end it. At last it turns to the article's own numbers, which hold a small
// detective story: a network that was right about 69 % of the time was published with 42 %.

// %%
import { loadOrTrain, notebookSettings } from "vgg";

const settings = notebookSettings({ data: "drawn10" }); // or "cifar10", "imagenette160", a folder
Deno.chdir(settings.folder); // the project folder: data/ and runs/ are there
const trialEpochs = settings.short ? 2 : 30; // of the experiments below

// %% [markdown]
// `loadOrTrain` takes the newest run that was trained with these settings, notebook 2's, say. Where
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
// Three things are worth reading, in this order.
//
// 1. **Do both losses fall?** If not, nothing was learned, and notebook 2 says what to try.
// 2. **Is there a gap?** When training keeps improving and validation does not, the network begins to
//    learn the images instead of the classes. That is over-fitting.
// 3. **Does validation still rise at the end?** Then more epochs would have helped.
//
// The gap in numbers, epoch by epoch:

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
// Mind what you compare. A training accuracy is a mean over the epoch, of augmented images, while the
// weights were changing; the validation accuracy is taken after the epoch, of images as they are. A
// gap below zero is therefore no miracle: it says that augmentation makes training harder than the
// exam.
//
// ## Over-fitting on purpose
//
// Leave out all that protects: little data (40 images a class), no augmentation, no batch
// normalization, no weight decay worth the name, a constant rate. The network is a VGG11 with a quarter
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
// This is the figure to remember. Training accuracy climbs toward 100 %: the network knows its
// images by heart. Validation accuracy soon hardly rises, and the **validation loss turns round and
// grows**. Loss and accuracy part ways because they ask different questions. Accuracy asks whether the
// right class is on top; the loss also asks how sure the network was, and an over-fitted network is
// wrong with conviction. The two best epochs need not be the same:

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

// %% [markdown]
// ## Early stopping
//
// The article advises `EarlyStopping`: end the training when validation has not improved for so many
// epochs, the *patience*. Its rule fits in a line: stop after epoch $t$ if $t - t_\text{best} \ge p$.
// What would it have made of the training above?

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
// Little patience stops at the first stumble; much patience saves nothing. The last row is the article's
// own choice: a patience as long as the training can never stop it.
//
// Stopping is only half of the advice. The other half is to **keep the best epoch's weights**, which
// costs a file and makes patience harmless. This library does so always; a run holds the best and the
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
// Where the best epoch was the last, the two are one and the same. With a rate that falls almost to zero
// they are at least close, as you will see below.
//
// ## The article's collapsed last epoch
//
// The article trains VGG16 on ten ImageNet classes for 40 epochs. In its notebook's log the best
// validation accuracy is 0.6914, in epoch 22; the last is 0.4141. It then evaluates: 42 %, with 210 of
// 500 images right on the matrix's diagonal. What happened? Three facts, from its own log and code.
//
// **First: its "validation" is one batch of 256 images.** The log does not say so, but an accuracy is a
// whole count divided by a number of images, and both logged values must fit it to four digits. Try all
// numbers up to the 500 images that there were:

// %%
import { linesFigure, wilsonInterval } from "vgg";

const logged = [0.6914, 0.4141];
const fits = (accuracy: number, images: number) =>
  (Math.round(accuracy * images) / images).toFixed(4) === accuracy.toFixed(4);
Array.from({ length: 500 }, (_, index) => index + 1)
  .filter((images) => logged.every((accuracy) => fits(accuracy, images)));

// %% [markdown]
// One number fits, and it is the batch size. The counts were 177 and 106 of 256.
//
// A share of $n$ images has a standard error of $\sqrt{p\,(1-p)/n}$, about three points here. Could the
// fall from 69 to 41 be chance, then? Wilson's interval says between which accuracies the truth lies
// with a confidence of 95 %:

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
// The intervals of the first two are far apart: the collapse was real. And those of the last two lie
// on top of each other: **the published 42 % is the last epoch's network, not the best one's.** The
// reason is the second fact. `ModelCheckpoint` was called without `save_best_only`, so each epoch
// overwrote the file of the one before. The confusion matrix, the monkeys and the baskets of the article
// are those of a network on a bad day.
//
// **Third: nothing in the recipe brings a network to rest.** The rate is a constant 0.01 until the last
// step; early stopping has a patience of 40 epochs out of 40. An epoch's weights are a snapshot of
// something that still moves, and some snapshots are bad. Nobody can say after the fact which batch
// threw the network in epoch 40. But that a constant rate makes the last epoch a lottery, you can see
// here: the same network with the same data, once at a constant rate, once with one that falls almost to
// zero.

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

// %% [markdown]
// With the falling rate the last five epochs are nearly one; at the constant rate they are many
// points apart, and which one you publish is luck. The paper's authors divided the rate by ten three
// times, for this reason among others.
//
// A fourth suspect is the decay. Notebook 2 computed that the article's decoupled decay, with no
// gradient against it, leaves 13 % of a weight after its 4,040 steps: weights that are pulled down that
// hard are held up only by large steps, which is no recipe for calm.
//
// ## What to take home
//
// - Draw both losses and both accuracies, of **all** validation images.
// - Keep the best weights, not the last; then stop early if you like.
// - Let the learning rate fall.
// - The best epoch was chosen by looking at the validation images. Its accuracy is therefore a little
//   too good; where it matters, keep a third set of images that nobody looked at.
//
// ## Exercises
//
// 1. How many validation images would you need for a standard error of one point at an accuracy of 70 %?
//    How many did the article have to choose its best epoch with?
// 2. Choosing the best of 40 epochs is choosing a maximum. Simulate 40 epochs of a network whose true
//    accuracy is always 65 %, with 256 images each (`Math.random() < 0.65`). What is the best epoch's
//    accuracy, typically?
// 3. Add `augmentation: recipes.fast.augmentation` to `bare` and over-fit again. By how many epochs does
//    the turn of the validation loss move?
// 4. Early stopping here watches the accuracy. Write the same rule for the validation loss, and compare
//    what both would keep of the over-fitted training.
