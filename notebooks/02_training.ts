// %% [markdown]
// # 2 · Training: from a guess to a network
//
// A network that was just built knows nothing: it gives each of ten classes a tenth. Training is the
// walk from there. This notebook goes it slowly. First you look at the data, because no recipe mends
// what you did not see. Then at the recipe, line by line, beside the paper's and the article's. Then
// you train, and watch. And then comes what textbooks tend to leave out: the same network, the
// same data, and training that **does not start at all**. You will see why, and what was done about it
// in 2014 and since.
//
// One line chooses the data. `drawn10` needs no download and stands for the article's ten ImageNet
// classes; the README tells of the others.

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
// The article's ten classes are a hard little set on purpose: two monkeys, and two things that carry
// other things. Here are three training images of each. An image is drawn or decoded when it is
// asked for, at the size that is asked for.

// %%
const { train: few } = subsetPerClass(dataset, { train: 3, validation: 1 });
const tiles = await Promise.all(Array.from({ length: few.length }, async (_, index) => {
  const image = await few.image(index, { mode: "stretch", size: 96 });
  return await imageTile(image, dataset.classes[few.labels[index]!]!.name.split(",")[0]!);
}));

// %%
galleryFigure(tiles, { title: "Three images of each class", columns: 6, tileWidth: 110 });

// %% [markdown]
// Ask yourself what would be hard, and write it down before you read on. A bucket and a basket share
// their shape. The two monkeys differ in color more than in form, and sit in the same trees. If the
// network's mistakes turn out to be others than yours, one of you has noticed something.
//
// ## What colors are
//
// A network trains best on numbers around zero. `fast`, the recipe below, subtracts each color
// channel's mean over the training set and divides by its standard deviation:
// $x' = (x - \mu) / \sigma$. The paper subtracts the mean only, and the article divides by 255.

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
// These numbers, measured on a sample of a thousand, belong to the weights: with images that are
// prepared in another way, the same weights make another network. A run's folder therefore keeps
// them.
//
// ## See the augmentation
//
// A training image is varied each time the network sees it, so that it learns what stays: a basket
// is a basket when it stands a little to the left. The three recipes do this in three ways. Look at
// one image six times over.

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
// The article fills what comes in at the edges with the nearest pixel (look for streaks); `fast` mirrors
// the image at its edge, which is harder to see. The article does not mirror left to right,
// though none of its classes minds: half of the variety that costs nothing was left on the table.
//
// ## The recipe, line by line
//
// A recipe is an object, and says everything about training but the data and the architecture. Three
// come with the library for networks that begin with random weights; notebook 6 shows two more.

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
// **Loss.** The network gives ten numbers $z$, softmax makes probabilities $p$ of them, and the loss is
// the surprise at the right class $y$:
//
// $$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}, \qquad \ell = -\ln p_y.$$
//
// A network that guesses has $p_y = 1/10$, so its loss is $\ln 10$. Remember the number, it comes back.

// %%
Math.log(10).toFixed(3);

// %% [markdown]
// **Momentum.** The step is not the gradient $g$ of this batch but a velocity that remembers earlier
// ones: $v \leftarrow \mu v + g$ and $w \leftarrow w - \eta v$, with $\mu = 0.9$ in all three
// recipes. Directions that agree from batch to batch add up to ten times a single gradient,
// $1 + \mu + \mu^2 + \dots = 1 / (1 - \mu)$; those that do not, cancel. Nesterov's variant looks one
// step ahead along the velocity.
//
// **Weight decay** pulls weights toward zero. The paper and `fast` add $\lambda w$ to the gradient
// of kernels, $\lambda = 5 \cdot 10^{-4}$, so that a step shrinks a weight by $\eta\lambda$. The
// article's optimizer takes $\lambda w$ off all weights beside the gradient, *not* multiplied by the
// rate. The same number then means something else, as you can compute:

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
// **Learning rate.** The article keeps 0.01 throughout. The paper divides it by ten when the
// validation accuracy stops rising, three times in 74 epochs. `fast` climbs to 0.05 within a quarter of
// the steps and then falls in a line to almost zero: the climb spares the fresh weights a shock, and
// the descent lets the network settle. Drawn for 4,000 images in batches of 64 and four epochs, that
// is $4 \cdot 63 = 252$ steps:

// %%
const rates = (["article", "fast"] as const).map((name) => {
  const schedule = createScheduler(recipes[name].schedule, 252);
  return { name, values: Array.from({ length: 252 }, (_, step) => schedule.rateAt(step)) };
});
const axes = { xTitle: "step of 252", yTitle: "learning rate" };
linesFigure(rates, { title: "Two schedules", ...axes, range: [0, 0.055] });

// %% [markdown]
// **Label smoothing** tells the network to give the right class 0.91 instead of 1, and every other one
// 0.01: being infinitely sure is not worth chasing. **Batch normalization** holds every channel at mean
// 0 and variance 1 within a batch. It came a year after VGG (Ioffe & Szegedy 2015), and the end of this
// notebook shows why nobody wants to train a VGG without it. **Dropout** switches off half of the units
// in the two layers of 4096, against over-fitting; the article commented it out, and the small head of
// `fast` has no such layers.
//
// **Two ideas** are left. Kernels of `fast` start as the *identity*: filter $i$ hands channel $i$ on
// (`dirac`), so that a fresh deep network does little more than a shallow one, and turns deep as it
// learns. And once it is trained, `evaluate` looks at each image *twice*, as it is and mirrored, and
// takes the mean: so did the paper (whose recipe does it here with `--crops dense`), and the article did
// not.
//
// ## Train
//
// One call. The bar and the curves below update while it runs; interrupt the cell, and training ends
// after its step with everything kept. The default is VGG16 with batch normalization, a quarter of the
// paper's channels, images of 64 pixels, and four epochs where `fast` has eight for other data: minutes
// instead of weeks, with the same structure.

// %%
import { learningCurvesFigure, train, watchTraining } from "vgg";

const run = await train({ ...settings, ...watchTraining() });
run;

// %% [markdown]
// Validation may well look *better* than training: its images are not augmented, its labels not
// smoothed, and it comes after the epoch, when the weights are better than they were on average. Here
// are the curves once more, to hover over.

// %%
const history = await run.history();
learningCurvesFigure(history, { subtitle: run.record.name });

// %% [markdown]
// A run is a folder, and everything after training reads nothing else. The next three notebooks find
// this run by its settings and go on from it.

// %%
const files = await Array.fromAsync(Deno.readDir(run.directory), ({ name }) => name);
files.sort().join("  ");

// %% [markdown]
// ## Why it can get stuck at ln 10
//
// Now take batch normalization away, as in 2014. The paper initialized its deep networks from a
// trained shallow one and only later found that it need not have. The article trusted Keras's
// default, Glorot's. Does it matter? A unit sums $n$ inputs, weighted; its variance is
// $n \cdot \mathrm{Var}(w) \cdot E[x^2]$, and ReLU throws half of it away. The signal keeps its
// strength from layer to layer only if
//
// $$\tfrac12\, n\, \mathrm{Var}(w) = 1, \qquad \mathrm{Var}(w) = \frac{2}{n},$$
//
// which is He's initialization. Glorot's has $2 / (n + n')$ with $n'$ outputs, about half of it when
// $n' = n$: in each layer the signal loses a factor of $\sqrt 2$. The paper's text says a variance of
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
// Three nearly straight lines on a logarithmic axis: what one layer does, sixteen layers do to the
// sixteenth power. The variance of 0.01, taken at its word, lets the signal explode. He keeps it.
// Glorot loses it:

// %%
table({
  columns: ["initialization", "last signal / first signal"],
  rows: strengths.map(({ name, signal }) => {
    const ratio = signal.at(-1)!.strength / signal[0]!.strength;
    return [name, ratio.toPrecision(2)];
  }),
});

// %% [markdown]
// A vanishing signal means logits near zero, whatever the image. Softmax makes tenths of them, the
// loss is $\ln 10$, and the gradient on its way back shrinks by the same factors. Nothing moves.
//
// See it happen. These trials train a VGG16 with a quarter of the channels by the article's recipe, on
// 1,000 images of 32 pixels, in batches of 32; only what the name says differs. They take well
// under a minute each, and leave nothing behind.

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
// That warning is the library's: it watches for a loss that stays at $\ln 10$. And the paper's variance,
// at the other end?

// %%
await attempt({ initializer: "paper" }).then(
  ({ losses }) => `${losses.length} steps, the last with loss ${losses.at(-1)}`,
  (error: Error) => error.message,
);

// %% [markdown]
// Three things to try. **He's initialization** keeps the signal (2015). **Clipping** scales a
// gradient down whose norm is larger than 1, so that the shock of the first steps cannot throw the
// weights far (an old trick from recurrent networks; this trial also standardizes its images).
// **Batch normalization** makes the question moot: whatever the weights, the signal is brought back
// to variance 1 in every layer.

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
    subtitle: "Mean loss of the last ten steps; the article's recipe but for what is named",
    xTitle: "step",
    yTitle: "loss",
    level: { value: Math.log(dataset.classes.length), label: "guessing" },
  },
);

// %%
table({
  columns: ["start", "mean loss of the last ten steps"],
  rows: Object.entries(outcomes).map(([name, { losses }]) => {
    return [name, smooth(losses).at(-1)!.toFixed(2)];
  }),
});

// %% [markdown]
// Glorot's line lies on the dotted one. He's leaves it, and is thrown back to it: at this rate a signal
// that is kept is not enough. With clipped gradients or batch normalization the network learns.
//
// The article's network did learn in the end: its notebook reached 69 % after 22 epochs, which is
// 22 × 101 = 2,222 steps of 256 images. And in section 3.1 the paper's authors say that Glorot's
// initialization made the shallow start unnecessary; they had 370,000 steps for it. Patience is a remedy
// too, only an expensive one. Notebook 6 tries the shallow start.
//
// ## The paper's recipe, in numbers
//
// Section 3.1 of the paper in a table: what it asks for, computed where it can be. ImageNet's training
// set has 1.28 million images.

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
// The paper says 370 K iterations, and so it is. Everything else in the recipe you have met: momentum
// 0.9, weight decay $5 \cdot 10^{-4}$, dropout 0.5, the rate 0.01 divided by ten three times. To
// follow it to the letter, write `recipe: "paper", load: { classes: "all" }` into the first cell and
// give it a folder with ImageNet, and time: weeks on four cards of 2014, and notebook 6 computes how
// long here.
//
// ## Exercises
//
// 1. Write down the update rule of SGD with momentum for a weight whose gradient is always 1. After how
//    many steps has the velocity reached nine tenths of its limit of 10?
// 2. Add `changes: { labelSmoothing: 0 }` to the settings and train again. What happens to the training
//    loss, and why can you not compare it with the one above?
// 3. Which is the first block in which the signal of `glorot` falls below a hundredth? Predict it
//    from $\sqrt 2$ per layer, then read it off the figure. Where does the prediction fail, and why?
//    (Look at the first layer, with $n = 27$ and $n' = 576$, and at what stands before a block: a
//    pooling that keeps the largest.)
// 4. Repeat the four starts with `configuration: "A"`. Does Glorot learn now? At which depth does it
//    stop?
// 5. The augmentations act on the image only. Devise one that changes the label as well (mixup, Zhang
//    et al. 2018) and say which lines of the recipe it would replace.
