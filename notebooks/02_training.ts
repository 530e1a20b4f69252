// %% [markdown]
// # 2 · Training: from a guess to a network
//
// A network that was just built knows nothing: it gives every class the same probability. Training
// takes it from there, and this notebook goes through training slowly. First you look at the data,
// because no recipe repairs what you did not see. Then you read the recipe line by line, beside the
// paper's and the article's. Then you train, and watch. The last part is one that textbooks tend to
// leave out: the same network, the same data, and a training that **does not start at all**. You will
// see why, and what was done about it in 2014 and since.
//
// - **Goals**: prepare image data and check its augmentation; read a training recipe and train a
//   VGG16 with it; explain why a deep network can get stuck at the loss of guessing, and fix it.
// - **Time**: about two minutes on two cores, about one minute of it training.
// - **Prerequisites**: [1 · The architecture](01_architecture.ipynb), and what a gradient is. The
//   default data needs no download; the README lists the other data sets.
// - **Links**: previous [1 · The architecture](01_architecture.ipynb), next
//   [3 · Learning curves](03_learning_curves.ipynb),
//   [the article](https://github.com/anejad/Convolutional-Neural-Network-Champions),
//   [the paper](https://arxiv.org/abs/1409.1556)
//
// One line chooses the data. `drawn10` stands for the article's ten ImageNet classes: its images are
// drawn by the library.

// %%
import { notebookSettings, useEngine } from "vgg";

const settings = notebookSettings({ data: "drawn10" }); // or "cifar10", "imagenette160", a folder
Deno.chdir(settings.folder); // the project folder: data/ and runs/ are there
const trialSteps = settings.short ? 4 : 110; // of the short experiments below
const engine = await useEngine();
engine.reason;

// %% [markdown]
// ## Look at the data first

// %%
import { galleryFigure, imageTile, loadDataset, subsetPerClass } from "vgg";

const dataset = await loadDataset(settings.data, settings.load);
dataset;

// %% [markdown]
// The article's ten classes are hard on purpose: they include two monkeys, and two things that carry
// other things. Here are three training images of each class of your data. An image is drawn or
// decoded when it is requested, at the requested size.

// %%
const { train: few } = subsetPerClass(dataset, { train: 3, validation: 1 });
const tiles = await Promise.all(Array.from({ length: few.length }, async (_, index) => {
  const image = await few.image(index, { mode: "stretch", size: 96 });
  return await imageTile(image, dataset.classes[few.labels[index]!]!.name.split(",")[0]!);
}));

// %%
galleryFigure(tiles, { title: "Three images of each class", columns: 6, tileWidth: 110 });

// %% [markdown]
// Pictures show what numbers hide, and the other way round. Are there as many images of each class? Is one
// of them broken, or in training and validation both? Such a leak would make every accuracy too high, and
// nobody would notice. `exploreData` looks at all this; `deno task explore --data DIR` writes the same as a
// page.

// %%
import { exploreData } from "vgg/explore";

const exploration = await exploreData(settings.data, {
  ...settings.load,
  perClass: settings.short ? 5 : 100,
});
exploration;

// %%
exploration.figures.brightness;

// %% [markdown]
// Ask yourself which classes are hard to tell apart, and write it down before you read on. Among the
// article's classes, a bucket and a shopping basket share their shape, and the two monkeys differ in
// color more than in form. If the network turns out to make other mistakes than you expect, one of you
// has noticed something.
//
// ## Color statistics
//
// A network trains best on numbers around zero. The recipe `fast`, explained below, subtracts each
// color channel's mean over the training set and divides by its standard deviation:
// $x' = (x - \mu) / \sigma$. The paper subtracts only the mean, and the article divides by 255.

// %%
import { prepareShortRuns, table } from "vgg";
import { measureColors } from "vgg/data";

const trials = await prepareShortRuns(subsetPerClass(dataset, { train: 100, validation: 10 }), 32);
const colors = await measureColors(trials.train);
table({
  columns: ["channel", "mean", "standard deviation"],
  rows: ["red", "green", "blue"].map((name, channel) => {
    return [
      name,
      Math.round(colors.mean[channel]!),
      Math.round(colors.standardDeviation[channel]!),
    ];
  }),
});

// %% [markdown]
// These numbers, measured on a sample of the images, belong to the weights: the same weights need
// images that are prepared in the same way. A run's folder therefore stores them.
//
// ## See the augmentation
//
// A training image is varied each time the network sees it, so that the network learns what stays the
// same: an object is the same object when it is a little further to the left. The three recipes do this
// in three ways. Here is one image, augmented six times.

// %%
import { previewAugmentation, recipes } from "vgg";
import type { Augmentation } from "vgg/data";

const look = async (augmentation: Augmentation, title: string) => {
  const options = { augmentation, size: 96, count: 6, colors };
  const index = dataset.train.labels.indexOf(3 % dataset.classes.length);
  const variants = await previewAugmentation(dataset.train, index, options);
  const tiles = await Promise.all(variants.map((image) => imageTile(image)));
  return galleryFigure(tiles, { title, columns: 6, tileWidth: 96 });
};

// %%
await look(recipes.article.augmentation(96), "The article: turned, shifted and zoomed a little");

// %%
await look(recipes.paper.augmentation(96), "The paper: cropped, mirrored, recolored");

// %%
await look(recipes.fast.augmentation(96), "fast: shifted and mirrored");

// %% [markdown]
// The article fills empty pixels at the edges with the nearest pixel (look for streaks). `fast` mirrors
// the image at its edge, which is harder to see. The article does not flip images left to right, although
// none of its classes depends on the side: a variation that costs nothing was not used.
//
// ## The recipe, line by line
//
// A recipe is an object that contains everything about training except the data and the architecture.
// The library has three recipes for networks that start with random weights; notebook 6 shows two more.

// %%
import { createScheduler, linesFigure } from "vgg";

const keys = ["epochs", "passesPerEpoch", "batchSize", "momentum", "nesterov", "schedule"] as const;
const more = ["weightDecay", "labelSmoothing", "clipNorm", "normalization", "flipAtTest"] as const;
const networkKeys = ["batchNorm", "dropout", "head", "initializer"] as const;
const shown = (value: unknown): string =>
  typeof value === "object" && value ? Object.values(value).join(", ") : String(value ?? "–");
const three = Object.values(recipes);

// %%
table({
  columns: ["", ...Object.keys(recipes)],
  rows: [
    ...[...keys, ...more].map((key) => [key, ...three.map((recipe) => shown(recipe[key]))]),
    ...networkKeys.map((key) => [key, ...three.map(({ network }) => shown(network[key]))]),
  ],
});

// %% [markdown]
// **Loss.** The network outputs a number $z_i$ for each of $C$ classes, softmax turns them into
// probabilities $p_i$, and the loss is the negative log-probability of the correct class $y$:
//
// $$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}, \qquad \ell = -\ln p_y.$$
//
// A network that guesses has $p_y = 1/C$, so its loss is $\ln C$; for ten classes that is 2.303.
// Remember this number: it comes back below. For your data it is

// %%
const guessing = Math.log(dataset.classes.length);
guessing.toFixed(3);

// %% [markdown]
// **Momentum.** The step is not the gradient $g$ of the current batch but a velocity that remembers
// earlier gradients: $v \leftarrow \mu v + g$ and $w \leftarrow w - \eta v$, with $\mu = 0.9$ in all
// three recipes. Directions that agree from batch to batch add up to ten times a single gradient,
// $1 + \mu + \mu^2 + \dots = 1 / (1 - \mu)$; those that disagree cancel out. Nesterov's variant looks
// one step ahead along the velocity.
//
// **Weight decay** pulls weights toward zero. The paper and `fast` add $\lambda w$ to the gradient of
// the kernels, with $\lambda = 5 \cdot 10^{-4}$, so that a step shrinks a weight by $\eta\lambda$. The
// article's optimizer subtracts $\lambda w$ from all weights separately from the gradient, and *without*
// the learning rate. The same number then means something else, as you can compute:

// %%
const { rate } = recipes.article.schedule as { rate: number };
const decay = recipes.article.weightDecay.value;
const steps = Math.floor(2 * 13_000 / 256) * 40; // the article's epochs are two passes
const left = (shrink: number) =>
  `${(100 * (1 - shrink) ** steps).toFixed(0)} % after ${steps} steps`;
table({
  columns: ["weight decay", "is left of a weight that gets no gradient"],
  rows: [["times the rate, as in the paper", left(rate * decay)], [
    "decoupled, as in the article",
    left(decay),
  ]],
});

// %% [markdown]
// **Learning rate.** The article keeps 0.01 throughout. The paper divides the rate by ten when the
// validation accuracy stops rising, three times in 74 epochs. `fast` rises to 0.05 within a quarter of
// the steps and then falls linearly to almost zero: the rise protects the fresh weights from large steps,
// and the fall lets the network settle. Here are both schedules for four epochs of your data:

// %%
const scheduleSteps = 4 * Math.ceil(dataset.train.length / recipes.fast.batchSize);
const rates = (["article", "fast"] as const).map((name) => {
  const schedule = createScheduler(recipes[name].schedule, scheduleSteps);
  return { name, values: Array.from({ length: scheduleSteps }, (_, at) => schedule.rateAt(at)) };
});
const axes = { xTitle: `step of ${scheduleSteps}`, yTitle: "learning rate" };
linesFigure(rates, { title: "Two schedules", ...axes, range: [0, 0.055] });

// %% [markdown]
// **Label smoothing** by 0.1 spreads a tenth of each target over all classes. With ten classes the
// correct class gets 0.91 instead of 1, and every other class 0.01, so that the network does not try to
// become infinitely sure. **Batch normalization** keeps every channel at mean 0 and variance 1 within a
// batch. It was published a year after VGG (Ioffe & Szegedy 2015), and the end of this notebook shows
// why nobody wants to train a VGG without it. **Dropout** switches off half of the units in the two layers
// of 4096 units, against over-fitting. The article commented it out, and the small head of `fast` has no
// such layers.
//
// **Two ideas** are left. The kernels of `fast` start as the *identity*: filter $i$ passes channel $i$ on
// (`dirac`), so that a fresh deep network does little more than a shallow one and becomes deep as it
// learns. And after training, `evaluate` looks at each image *twice*, as it is and flipped, and averages
// the probabilities. The paper did that too (here with `--crops dense`); the article did not.
//
// ## Train
//
// Training is one call. The progress bar and the curves below are updated while it runs. If you interrupt
// the cell, training ends after the current step and everything is saved; a message in the output says how
// to continue. For the default data the network is VGG16 with batch normalization, a quarter of the
// paper's channels, and images of 64 pixels, trained for four epochs: minutes instead of weeks, with the
// same structure.

// %%
import { learningCurvesFigure, train, watchTraining } from "vgg";

const run = await train({ ...settings, ...watchTraining() });
run;

// %% [markdown]
// Validation may well look *better* than training: its images are not augmented, its labels are not
// smoothed, and it is measured after the epoch, when the weights are better than they were on average
// during it. Here are the curves again; hover over them for the values.

// %%
const history = await run.history();
learningCurvesFigure(history, { subtitle: run.record.name });

// %% [markdown]
// A run is a folder, and everything after training reads only this folder. The next notebooks find the
// run by its settings and continue from it.

// %%
const files = await Array.fromAsync(Deno.readDir(run.directory), ({ name }) => name);
files.sort().join("  ");

// %% [markdown]
// ## Why training can get stuck at ln C
//
// Now remove batch normalization, which did not exist in 2014. The paper initialized its deep networks from a
// trained shallow one and found out only later that this was unnecessary. The article used Keras's
// default, Glorot's initialization. Does it matter? A unit is a weighted sum of $n$ inputs; its variance
// is $n \cdot \mathrm{Var}(w) \cdot E[x^2]$, and ReLU removes half of it. The signal keeps its
// strength from layer to layer only if
//
// $$\tfrac12\, n\, \mathrm{Var}(w) = 1, \qquad \mathrm{Var}(w) = \frac{2}{n},$$
//
// which is He's initialization. Glorot's has $2 / (n + n')$ for $n'$ outputs, about half of that when
// $n' = n$: each layer weakens the signal by a factor of $\sqrt 2$. The paper's text gives a variance of
// 0.01 for every layer. Measure all three on a VGG16 of full width, with random images.

// %%
import { activationRms, buildVGG, tf } from "vgg";

const initializers = ["paper", "he", "glorot"] as const;
const images = tf.randomNormal<tf.Rank.R4>([2, 64, 64, 3], 0, 1, "float32", 7);
const strengths = initializers.map((initializer) => {
  const model = buildVGG({ initializer, inputSize: 64, classes: 10, activation: "linear" });
  const signal = activationRms(model, images);
  model.dispose();
  return { name: initializer, signal };
});
images.dispose();

// %%
linesFigure(
  strengths.map(({ name, signal }) => ({ name, values: signal.map((s) => s.strength) })),
  {
    title: "How strong the signal is after each layer",
    subtitle: "Root mean square of the outputs, VGG16 without batch normalization, at its start",
    xTitle: "",
    yTitle: "signal",
    logarithmic: true,
    ticks: strengths[0]!.signal.map(({ name }) => name),
  },
);

// %% [markdown]
// The lines are nearly straight on a logarithmic axis: sixteen layers raise the effect of one layer to the
// sixteenth power. A variance of 0.01, taken literally, makes the signal explode. He's initialization
// preserves it, and Glorot's loses it:

// %%
table({
  columns: ["initialization", "last signal / first signal"],
  rows: strengths.map(({ name, signal }) => {
    const ratio = signal.at(-1)!.strength / signal[0]!.strength;
    return [name, ratio.toPrecision(2)];
  }),
});

// %% [markdown]
// A vanishing signal means logits near zero for every image. Softmax turns them into equal
// probabilities, the loss is $\ln C$, and the gradient shrinks by the same factors on its way back.
// Nothing moves.
//
// You can watch it happen. These trials train a VGG16 with a quarter of the channels by the article's
// recipe, on up to a hundred images of each class at 32 pixels, in batches of 32. Only what each name
// says is different. Each trial takes well under a minute and leaves no files behind.

// %%
const article = { ...recipes.article, batchSize: 32, passesPerEpoch: 1, epochs: 99 };
const narrow = { configuration: "D", width: 0.25, dropout: 0 } as const;
const attempt = (network: object, changes: object = {}) =>
  trials.run({
    network: { ...narrow, ...network },
    recipe: { ...article, ...changes },
    steps: trialSteps,
  });

// %%
const glorot = await attempt({ initializer: "glorot" });
glorot.warnings;

// %% [markdown]
// If a warning is shown, it comes from the library, which watches for a loss that stays at $\ln C$. What
// happens with the paper's variance, at the other extreme?

// %%
await attempt({ initializer: "paper" }).then(
  ({ losses }) => `${losses.length} steps, the last with loss ${losses.at(-1)}`,
  (error: Error) => error.message,
);

// %% [markdown]
// Here are three remedies. **He's initialization** (2015) preserves the signal. **Clipping** scales a
// gradient down if its norm is larger than 1, so that the first steps cannot throw the weights far off
// (an old method from recurrent networks; this trial also standardizes its images).
// **Batch normalization** makes the question irrelevant: whatever the weights are, every layer brings the
// signal back to variance 1.

// %%
const he = await attempt({ initializer: "he" });
const clipped = await attempt(
  { initializer: "he" },
  { clipNorm: 1, normalization: "standardize" },
);
const normalized = await attempt({ initializer: "glorot", batchNorm: true });

// %%
const smooth = (losses: readonly number[]) =>
  losses.map((_, at) => {
    const recent = losses.slice(Math.max(0, at - 9), at + 1);
    return recent.reduce((a, b) => a + b, 0) / recent.length;
  });
const outcomes = { Glorot: glorot, He: he, "He, clipped": clipped, "batch norm": normalized };

// %%
linesFigure(
  Object.entries(outcomes).map(([name, { losses }]) => ({ name, values: smooth(losses) })),
  {
    title: "Four starts of the same network",
    subtitle: "Mean loss of the last ten steps; the article's recipe except for what is named",
    xTitle: "step",
    yTitle: "loss",
    level: { value: guessing, label: "guessing" },
  },
);

// %%
import { markdown } from "vgg";

const lastLosses = Object.entries(outcomes).map(([name, { losses }]) => ({
  name,
  loss: smooth(losses).at(-1)!,
}));
table({
  columns: ["start", "mean loss of the last ten steps"],
  rows: lastLosses.map(({ name, loss }) => [name, loss.toFixed(2)]),
});

// %%
const [learning, stuck] = [true, false].map((wanted) =>
  lastLosses.filter(({ loss }) => (loss < guessing - 0.1) === wanted).map(({ name }) => name)
);
markdown(
  `After ${trialSteps} steps the loss is at least 0.1 below that of guessing ` +
    `(${guessing.toFixed(2)}) with: **${learning!.join(", ") || "none"}**. ` +
    `It is not with: **${stuck!.join(", ") || "none"}**.`,
);

// %% [markdown]
// Where the signal vanishes, nothing is learned. A preserved signal helps, but at this learning rate
// large gradients can still throw the weights off; that is what clipping prevents, and what batch
// normalization makes rare.
//
// The article's network did learn eventually: its notebook reached 69 % after 22 epochs, which is
// 22 × 101 = 2,222 steps of 256 images. And in section 3.1 the paper's authors write that Glorot's
// initialization made the shallow start unnecessary; they trained for 370,000 steps. Patience is a
// remedy too, but an expensive one. Notebook 6 tries the shallow start.
//
// ## The paper's recipe, in numbers
//
// This table compares section 3.1 of the paper with your run, computed where possible. ImageNet's
// training set has 1.28 million images.

// %%
import { countVGG, type VGGOptions } from "vgg";

const { recipe, data, model } = run.record;
const [theirs, ours] = [74 * 1_281_167, recipe.epochs * data.train];
const work = (images: number, network: VGGOptions) =>
  Number((3 * images * countVGG(network).macs / 1e15).toPrecision(2)); // backward: twice forward
table({
  columns: ["", "the paper's", "this notebook's run"],
  rows: [
    ["images seen", theirs, ours],
    ["steps", Math.round(theirs / 256), recipe.epochs * Math.ceil(data.train / recipe.batchSize)],
    ["10¹⁵ multiply-adds", work(theirs, { configuration: "D" }), work(ours, model as VGGOptions)],
  ],
});

// %% [markdown]
// The steps agree with the paper, which gives 370 K iterations. You have met everything else in the
// recipe: momentum 0.9, weight decay $5 \cdot 10^{-4}$, dropout 0.5, and the rate of 0.01 divided by ten
// three times. To follow the paper exactly, write `recipe: "paper", load: { classes: "all" }` into the
// first cell and give it a folder with ImageNet, and time: weeks on four cards of 2014. Notebook 6
// computes how long it would take here.
//
// ## Summary
//
// - Look at the images and at their augmented versions before you train.
// - A recipe is data: loss, momentum, weight decay, learning rate, and augmentation are lines of one
//   object, and one number can mean two things (weight decay with and without the rate).
// - A learning rate that rises and then falls lets a network learn fast and settle.
// - A loss that stays at $\ln C$ means that the network guesses. In a deep network without batch
//   normalization the cause is a signal that vanishes or explodes.
// - He's initialization, clipped gradients, and batch normalization are remedies; batch normalization is
//   the most robust of them.
//
// ## Exercises
//
// 1. Write down the update rule of SGD with momentum for a weight whose gradient is always 1. After how
//    many steps has the velocity reached nine tenths of its limit of 10?
//
//    <details><summary>Solution</summary>
//
//    $v_t = 10\,(1 - 0.9^t)$ reaches 9 when $0.9^t = 0.1$, so after $\ln 0.1 / \ln 0.9 \approx 21.9$:
//    22 steps.
//
//    ```ts
//    let velocity = 0;
//    let step = 0;
//    for (; velocity < 9; step++) velocity = 0.9 * velocity + 1;
//    step;
//    ```
//
//    </details>
//
// 2. Add `changes: { labelSmoothing: 0 }` to the settings and train again. What happens to the training
//    loss, and why can you not compare it with the one above?
//
//    <details><summary>Solution</summary>
//
//    The training loss falls lower. It measures something else: with smoothed labels even a perfect
//    network cannot get below the entropy of its targets, which this cell computes. The validation loss,
//    which is never smoothed, can be compared.
//
//    ```ts
//    const other = 0.1 / dataset.classes.length; // the target of a wrong class
//    const target = dataset.classes.map((_, index) => index === 0 ? 0.9 + other : other);
//    target.reduce((sum, p) => sum - p * Math.log(p), 0).toFixed(3);
//    ```
//
//    </details>
//
// 3. Which is the first layer with a signal of `glorot` below a hundredth? Predict it from $\sqrt 2$
//    per layer, then read it off the figure. Where does the prediction fail, and why?
//
//    <details><summary>Solution</summary>
//
//    $\sqrt 2^{-k} < 0.01$ needs 14 layers, one more than there are convolutions, so the prediction is
//    `fc1`. The table shows the layer, and the ratios show where the prediction is wrong: the first layer has $n = 27$ inputs and $n' = 576$ outputs, so Glorot's variance $2/603$ keeps only
//    a fifth of the strength, not 0.71. And a pooling before a layer raises the ratio, because it
//    keeps the largest of four values.
//
//    ```ts
//    const { signal: weak } = strengths.find(({ name }) => name === "glorot")!;
//    table({
//      columns: ["layer", "signal", "ratio to the layer before"],
//      rows: weak.map(({ name, strength }, at) => {
//        const ratio = at === 0 ? "–" : (strength / weak[at - 1]!.strength).toFixed(2);
//        return [name, strength.toPrecision(2), ratio];
//      }),
//    });
//    ```
//
//    </details>
//
// 4. Repeat the start with Glorot's initialization with `configuration: "A"`, which has 11 weight layers.
//    Does it learn now?
//
//    <details><summary>Solution</summary>
//
//    Compare the result with the loss of guessing. In [our measurements](../docs/initialization.md) A was
//    still stuck after 100 steps: its last layer's signal is 15 times as strong as D's, but still hundreds
//    of times weaker than the network's input.
//
//    ```ts
//    const eleven = await attempt({ configuration: "A", initializer: "glorot" });
//    `${smooth(eleven.losses).at(-1)!.toFixed(2)}, guessing ${guessing.toFixed(2)}`;
//    ```
//
//    </details>
//
// 5. The augmentations change the image only. Devise one that changes the label as well (mixup, Zhang
//    et al. 2018) and say which lines of the recipe it would replace.
//
//    <details><summary>Solution</summary>
//
//    Mix two images and their labels with the same share, $x = \lambda x_1 + (1 - \lambda) x_2$ and
//    $y = \lambda y_1 + (1 - \lambda) y_2$. The targets are then soft, so it replaces label smoothing, and
//    it can replace part of the augmentation. This cell shows such an image.
//
//    ```ts
//    const ends = [0, dataset.train.length - 1];
//    const [one, other] = await Promise.all(
//      ends.map((index) => dataset.train.image(index, { mode: "stretch", size: 96 })),
//    );
//    const data = one!.data.map((value, at) => Math.round(0.6 * value + 0.4 * other!.data[at]!));
//    galleryFigure([await imageTile({ ...one!, data })], { title: "60 % of one image, 40 % of another" });
//    ```
//
//    </details>
