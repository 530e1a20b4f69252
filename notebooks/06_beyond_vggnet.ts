// %% [markdown]
// # 6 · Beyond VGGNet: what it costs, and what came next
//
// VGG is popular for its simplicity and its features, and rarely chosen today because of its cost.
// The article closes with three complaints: VGG is slow to train (two to three weeks on four graphics
// cards), large (528 MB of weights), and needs much memory. This notebook measures all three on your
// machine. Then it looks at two ideas that made deep networks practical: start **from a trained
// network**, and let the signal **skip layers**, which is ResNet.
//
// - **Goals**: estimate what a network costs before you train it; decide between training from random
//   weights, a classifier on features, and fine-tuning; load published weights; explain what shortcuts
//   change, and support such a claim with several seeds and an interval.
// - **Time**: about ten minutes on two cores, most of them training; three more if notebook 3 has not
//   trained its network yet.
// - **Prerequisites**: notebooks [2 · Training](02_training.ipynb), for recipes and initialization, and
//   [3 · Learning curves](03_learning_curves.ipynb), whose run is loaded here.
// - **Links**: previous [5 · Misclassified images](05_misclassified.ipynb), next
//   [7 · Look inside](07_look_inside.ipynb),
//   [the article](https://github.com/anejad/Convolutional-Neural-Network-Champions),
//   [the paper](https://arxiv.org/abs/1409.1556),
//   [He et al. 2015](https://arxiv.org/abs/1512.03385), which is ResNet, and
//   [Yosinski et al. 2014](https://arxiv.org/abs/1411.1792) on features that transfer.

// %%
import { notebookSettings, useEngine } from "vgg";

const settings = notebookSettings({ data: "drawn10" }); // or "cifar10", "imagenette160", a folder
Deno.chdir(settings.folder); // the project folder: data/ and runs/ are there
const seeds = settings.short ? [1, 2] : [1, 2, 3, 4, 5]; // of the experiments
const engine = await useEngine();
engine.reason;

// %% [markdown]
// ## Size
//
// A parameter takes four bytes. For the paper's thousand classes this gives the article's number
// exactly, if a megabyte is counted as $2^{20}$ bytes:

// %%
import { countVGG, table } from "vgg";

const vgg16 = countVGG({ configuration: "D" });
table({
  rows: [
    ["MiB, of 2²⁰ bytes", (vgg16.weightBytes / 2 ** 20).toFixed(0)],
    ["MB, of 10⁶ bytes", (vgg16.weightBytes / 1e6).toFixed(0)],
  ],
});

// %% [markdown]
// ## Speed and memory, measured
//
// `measureCost` sends random images through a network, forward and through whole training steps, and
// times them. It also reports the peak memory of the tensors in a forward and backward pass, which
// training needs on top of the weights and the optimizer's velocities. Small images come first, then
// the full size: VGG16 at 224 pixels with its 138 million parameters.

// %%
import { buildVGG, measureCost, type VGGOptions } from "vgg";

const measure = async (options: VGGOptions, batchSize: number) => {
  const model = buildVGG({ ...options, classes: 10, activation: "linear" });
  const cost = await measureCost(model, { batchSize, repeats: settings.short ? 1 : 3 });
  model.dispose();
  return { ...cost, batchSize, macs: countVGG({ ...options, classes: 10 }).macs };
};

// %%
const at64 = { inputSize: 64, head: "small" } as const;
const real = settings.short ? at64 : { inputSize: 224 };
const measured = {
  "VGG11, 64 px": await measure({ ...at64, configuration: "A" }, 8),
  "VGG16, 64 px": await measure({ ...at64, configuration: "D" }, 8),
  "VGG19, 64 px": await measure({ ...at64, configuration: "E" }, 8),
  "VGG16, width ¼, 64 px": await measure({ ...at64, configuration: "D", width: 0.25 }, 8),
  "VGG16, 224 px": await measure({ ...real, configuration: "D" }, 2),
};

// %%
const columns = ["network", "G multiply-adds", "predicted", "trained", "ratio"];
table({
  title: "Images per second",
  columns,
  rows: Object.entries(measured).map(([name, { macs, predicted, trained }]) => {
    const speeds = [predicted, trained].map((speed) => speed.toFixed(1));
    return [name, (macs / 1e9).toFixed(2), ...speeds, (predicted / trained).toFixed(1)];
  }),
});

// %% [markdown]
// By counting, a training step costs three times as much as a prediction: the backward pass computes
// two products for each one of the forward pass, the gradient of the inputs and that of the weights.
// The measured ratio differs, because memory is also written and read again, and because of whatever
// else the machine is doing. Time does not follow the multiply-adds exactly either. Small layers keep
// a processor less busy than large ones. On the machine that ran this notebook:

// %%
const [full, quarter] = [measured["VGG16, 64 px"], measured["VGG16, width ¼, 64 px"]];
`A quarter of the width needs ${(full.macs / quarter.macs).toFixed(0)} times fewer multiply-adds ` +
  `and trains ${(quarter.trained / full.trained).toFixed(0)} times as fast.`;

// %%
table({
  title: "Megabytes",
  columns: ["network", "weights", "additional memory of a step, per image"],
  rows: Object.entries(measured).map(([name, { weightBytes, stepBytes, batchSize }]) => {
    const perImage = stepBytes / batchSize;
    return [name, ...[weightBytes, perImage].map((bytes) => (bytes / 1e6).toFixed(0))];
  }),
});

// %% [markdown]
// The last column contains activations, their gradients, and the gradients of the weights divided by
// the few images of the batch. The optimizer's velocities, as large as the weights, come on top. In a
// larger batch the weights' part per image shrinks, and the activations' part stays. By counting
// alone, a batch of 256 keeps:

// %%
`${(256 * vgg16.activationBytes.training / 1e9).toFixed(1)} GB of activations`;

// %% [markdown]
// The authors split a batch over four cards, for speed (3.75 times, section 3.3), so each card held a
// quarter of this. And the time? The paper trained for 74 epochs of 1.28 million images, 224 pixels
// each. At the speed measured above, that would take:

// %%
const images = 74 * 1_281_167;
const days = images / measured["VGG16, 224 px"].trained / 86_400;
`${(days / 365).toFixed(1)} years`;

// %% [markdown]
// The authors needed two to three weeks on four Titan Blacks (section 3.3). NVIDIA specifies 5.1
// teraflops for that card. A multiply-add is two operations, and training costs three forward passes.
// How much of the cards' peak did they use, if training took two and a half weeks?

// %%
const operations = images * vgg16.macs * 2 * 3;
const available = 4 * 5.1e12 * 2.5 * 7 * 86_400;
`${(100 * operations / available).toFixed(0)} % of the cards' peak`;

// %% [markdown]
// That was a good share in 2014. There was little waste to remove: the network itself had to change.
//
// ## Small against large
//
// How large a network does a task need? The run of the earlier notebooks is the large one. Train a
// VGG11 with an eighth of the channels by the same recipe, and compare the two.

// %%
import { evaluate, loadOrTrain, watchEvaluation, wilsonInterval } from "vgg";

const large = await loadOrTrain(settings);
const small = await loadOrTrain({
  ...settings,
  network: { ...settings.network, configuration: "A", width: settings.short ? 1 / 16 : 1 / 8 },
});

// %%
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const measureRun = async (run: typeof large) => {
  const { top1, images } = await evaluate(run, watchEvaluation());
  const interval = wilsonInterval(Math.round(top1 * images), images);
  const bytes = (await Deno.stat(run.path("best"))).size;
  const { configuration, width } = run.record.model;
  const name = `${configuration}, width ${width}`;
  return { name, top1, interval, bytes, parameters: run.record.parameters };
};
const pair = [await measureRun(large), await measureRun(small)] as const;

// %%
table({
  columns: ["network", "parameters", "file, MB", "top-1", "95 % interval"],
  rows: pair.map(({ name, parameters, bytes, top1, interval }) => {
    const megabytes = (bytes / 1e6).toFixed(2);
    return [name, parameters, megabytes, percent(top1), interval.map(percent).join(" to ")];
  }),
});

// %%
const [larger, smaller] = pair;
const overlap = smaller.interval[1] >= larger.interval[0];
`The small network has ${percent(smaller.parameters / larger.parameters)} of the parameters. ` +
  `The two intervals ${overlap ? "overlap" : "do not overlap"}.`;

// %% [markdown]
// If the intervals do not overlap, the difference is larger than chance. If they do, these images
// alone cannot decide. Whether the large network is worth its price depends on your task: a point of
// accuracy may be worth a lot or nothing.
//
// ## Fine-tuning: start from a trained network
//
// Notebook 2 showed the problem that the paper's authors had: a VGG16 without batch normalization and
// with Glorot's initialization stays at $\ln 10$. They solved it in two steps. Network A is shallow
// enough to learn from random weights. Its first four convolutions and its fully connected layers then
// initialize network D, and only the layers in between are random.
//
// Train A first. It, too, only guesses for a while:

// %%
import { linesFigure, loadDataset, prepareShortRuns, recipes, subsetPerClass } from "vgg";

const dataset = await loadDataset(settings.data, settings.load);
const trials = await prepareShortRuns(subsetPerClass(dataset, { train: 100, validation: 20 }), 32);

// %%
const recipe = {
  ...recipes.article,
  batchSize: 32,
  passesPerEpoch: 1,
  epochs: 99,
  normalization: "standardize",
} as const;
const form = {
  width: 0.25,
  inputSize: 32,
  classes: dataset.classes.length,
  dropout: 0,
  activation: "linear",
} as const;
const [shallowSteps, deepSteps] = settings.short ? [3, 3] : [450, 160];

// %%
const shallow = buildVGG({ ...form, configuration: "A", initializer: "glorot" });
const first = await trials.run({ network: shallow, recipe, steps: shallowSteps });

// %% [markdown]
// Then train D twice, once from A and once from random weights. The option is
// `initializer: { from: model }`; layers are matched by block, name, and shape.

// %%
const initializer = { from: shallow, others: "glorot" } as const;
const deeper = buildVGG({ ...form, configuration: "D", initializer });
const tuned = await trials.run({ network: deeper, recipe, steps: deepSteps });

// %%
const random = { ...form, configuration: "D", initializer: "glorot" } as const;
const scratch = await trials.run({ network: random, recipe, steps: deepSteps });

// %%
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const smooth = (losses: readonly number[]) =>
  losses.map((_, at) => mean(losses.slice(Math.max(0, at - 9), at + 1)));
const level = { value: Math.log(dataset.classes.length), label: "guessing" };
const axes = { xTitle: "step", yTitle: "loss, mean of the last ten steps", level };
const ladder = {
  "A, random": smooth(first.losses),
  "D, random": smooth(scratch.losses),
  "D, from A": smooth(tuned.losses),
};

// %%
linesFigure(Object.entries(ladder).map(([name, values]) => ({ name, values })), {
  title: "From a shallow network to a deep one",
  subtitle:
    "Glorot's initialization, no batch normalization, the article's recipe on a small scale",
  ...axes,
});

// %%
const leaves = (losses: readonly number[]) => {
  const step = losses.findIndex((loss) => loss < level.value - 0.1) + 1;
  return step > 0 ? `after step ${step}` : `not within ${losses.length} steps`;
};
table({
  columns: ["network", "loss at the end", "0.1 below guessing"],
  rows: Object.entries(ladder).map(([name, losses]) => {
    return [name, losses.at(-1)!.toFixed(2), leaves(losses)];
  }),
});

// %% [markdown]
// The two deep networks differ in seven of their sixteen layers: the four convolutions and the three
// fully connected layers that one of them copied. The other nine are random in both. If the last column
// says that only the one from A leaves the plateau, the copied layers are what lets a signal through.
//
// This was the first meaning of *fine-tuning*. The second one made VGG famous: take all weights of a
// network that was trained on ImageNet, replace the last layer, and train on a few hundred images of
// your own. The edges and textures of the first layers are useful for nearly every task (Yosinski et
// al. 2014).
//
// ## Few images: train a new last layer on a trained network
//
// Here is the same on a small scale. A source network learns every other class of the data. Then the
// task is the remaining classes, with only a few images of each.

// %%
const ids = dataset.classes.map(({ id }) => id);
const known = ids.filter((_, index) => index % 2 === 0);
const fresh = ids.filter((_, index) => index % 2 === 1);
const network = { ...settings.network, configuration: "A" } as const;
const source = await loadOrTrain({
  ...settings,
  network,
  load: { ...settings.load, classes: known, perClass: settings.short ? 20 : 400 },
  changes: { ...settings.changes, epochs: settings.short ? 2 : 6 },
});

// %% [markdown]
// Three ways to learn the new classes:
//
// - **Random weights**: the same network starts from nothing.
// - **A classifier on features**: the *features* of an image are the input of the last layer, here one
//   number for each channel of the last block. If all other layers stay frozen, the features are the
//   same in every epoch. So they are computed once, and only a linear classifier is trained: logistic
//   regression, which has a single optimum and finds it within seconds.
// - **Fine-tuning**: start from the same trained network and a new last layer. The new layer trains
//   alone first, because its random errors would otherwise damage the layers below. Then the recipe
//   unfreezes the network block by block from the top, where features are the least general, at a
//   tenth of the learning rate. Frozen layers need no backward pass.
//
// A single result proves little with so few images, so each way runs with several seeds. With drawn10
// a seed draws other images; in data with a fixed split it changes only the initial weights and the
// order. All ways get the same images, and the two that train by steps get the same number of steps.
// Each has its own learning rate, chosen on drawn10 with other seeds (11 to 13) and ten images per
// class: 0.01 for random weights (of 0.005 to 0.05) and 0.05 for fine-tuning (of 0.02 to 0.2). The
// classifier needs none, because its solver computes the step size.

// %%
import { train, type TrainOptions } from "vgg";
import { findRun } from "vgg/training";

const learn = async (options: TrainOptions) => {
  const run = await findRun(options) ?? await train(options);
  const { val_accuracy } = (await run.history()).at(-1)!;
  return { run, accuracy: val_accuracy, seconds: run.record.result!.seconds };
};
const steps = { epochs: settings.short ? 2 : 5, passesPerEpoch: 4, batchSize: 16 };
const task = (perClass: number, seed: number): TrainOptions => ({
  ...settings,
  load: { ...settings.load, classes: fresh, perClass, seed },
  seed,
  changes: steps,
});

// %%
const ways = {
  "random weights": (perClass: number, seed: number) =>
    learn({ ...task(perClass, seed), network, learningRate: 0.01 }),
  "classifier on features": (perClass: number, seed: number) => {
    const changes = { epochs: steps.epochs };
    const { directory } = source;
    return learn({ ...task(perClass, seed), weights: directory, recipe: "features", changes });
  },
  "fine-tuned": (perClass: number, seed: number) =>
    learn({ ...task(perClass, seed), weights: source.directory, learningRate: 0.05 }),
};

// %% [markdown]
// A line appears below when all seeds of one way are trained.

// %%
import { show } from "vgg";

const sizes = settings.short ? [5] : [5, 10, 20];
const results: ({ way: string; size: number } & Awaited<ReturnType<typeof learn>>)[] = [];
const accuraciesOf = (way: string, size: number) =>
  results.filter((result) => result.way === way && result.size === size)
    .map(({ accuracy }) => accuracy);

for (const size of sizes) {
  for (const [way, learnFrom] of Object.entries(ways)) {
    for (const seed of seeds) results.push({ way, size, ...await learnFrom(size, seed) });
    const accuracies = accuraciesOf(way, size).map(percent).join(", ");
    await show(`${size} images per class, ${way}: ${accuracies}`);
  }
}

// %% [markdown]
// The table shows validation accuracy after the last epoch, as the mean of the seeds with its 95 %
// interval by Student's t distribution.

// %%
import { meanInterval } from "vgg/evaluation";

const names = Object.keys(ways);
const shown = (values: readonly number[], format: (value: number) => string) => {
  const { mean, low, high } = meanInterval(values);
  return [format(mean), `${format(low)} to ${format(high)}`];
};
table({
  title: `Accuracy on new classes, ${seeds.length} seeds`,
  columns: ["images per class", "way", "mean", "95 % interval", "seconds of training"],
  rows: sizes.flatMap((size) =>
    names.map((way) => {
      const seconds = results.filter((result) => result.way === way && result.size === size)
        .map((result) => result.seconds);
      return [size, way, ...shown(accuraciesOf(way, size), percent), mean(seconds).toFixed(1)];
    })
  ),
});

// %%
linesFigure(
  names.map((way) => ({
    name: way,
    values: sizes.map((size) => 100 * mean(accuraciesOf(way, size))),
    places: sizes,
  })),
  {
    title: "What a trained network is worth",
    subtitle: `Accuracy on ${fresh.length} new classes, mean of ${seeds.length} seeds`,
    xTitle: "training images per class",
    yTitle: "validation accuracy, %",
  },
);

// %% [markdown]
// Do the ways differ by more than chance? A seed gives all three ways the same images, so compare them
// in pairs: take the difference for each seed, and its interval. If the interval does not contain 0,
// the difference is real.

// %%
const contrast = (
  one: readonly number[],
  other: readonly number[],
  format: (value: number) => string,
) => {
  const differences = one.map((value, at) => value - other[at]!);
  const { low, high } = meanInterval(differences);
  const verdict = low > 0 ? "higher" : high < 0 ? "lower" : "not decided";
  return [...shown(differences, format), verdict];
};
const points = (share: number) => (100 * share).toFixed(1);

// %%
const contrasts = [
  ["fine-tuned", "random weights"],
  ["classifier on features", "random weights"],
  ["fine-tuned", "classifier on features"],
] as const;
table({
  title: "Differences of accuracy in percentage points",
  columns: ["images per class", "difference", "mean", "95 % interval", "the first one is"],
  rows: sizes.flatMap((size) =>
    contrasts.map(([one, other]) => {
      const differences = contrast(accuraciesOf(one, size), accuraciesOf(other, size), points);
      return [size, `${one} − ${other}`, ...differences];
    })
  ),
});

// %% [markdown]
// Fine-tuning goes through stages. For the last seed and the most images:

// %%
const { run: fineTuned } = results.findLast(({ way }) => way === "fine-tuned")!;
const stages = fineTuned.record.recipe.unfreezing as readonly { until: number; blocks: number }[];
table({
  columns: ["epoch", "blocks that train", "training loss", "validation accuracy"],
  rows: (await fineTuned.history()).map(({ epoch, loss, val_accuracy }) => {
    const blocks = stages.find(({ until }) => (epoch - 1) / steps.epochs < until)?.blocks ?? 5;
    return [epoch, blocks, loss.toFixed(2), percent(val_accuracy)];
  }),
});

// %% [markdown]
// How much a trained network is worth depends on the two tasks. It helps most when the new classes
// resemble the known ones and the images are few, and less with every image that you add. Photographs
// show the same. A VGG11 of half the width learned CIFAR-10 in five epochs, and then Imagenette at 64
// pixels from fifty images of each class in sixteen epochs. On 500 images, as means of three seeds,
// the classifier on features reached 58.4 %, random weights 67.5 %, and fine-tuning **70.7 %**; random
// weights came to 69.1 % in forty epochs. Small photographs of other classes taught features that were
// not good enough as they were, but a good place to start.
//
// On the command line this is `deno task train --data photos --weights runs/cifar10`, with
// `--recipe features` for the classifier alone. VGG weights from Keras or PyTorch work as well. The
// preprocessing comes with the weights: a network that was trained on one range of input values cannot
// use another.
//
// ## Load a pretrained network
//
// You rarely train the source network yourself. The library knows published weights by name:
// `imagenet-keras` is the VGG16 of Keras, trained on a thousand classes of ImageNet. `cifar10` is a
// small network of this project, in `data/weights`: it saw 45,000 photographs of 32 pixels, and names
// 93.8 % of CIFAR-10's test images correctly. Change `pretrained` to any name that `deno task data`
// lists, or to the path of a weights file. Nothing is downloaded here. If the weights are missing, the
// cell names the task that downloads them, with their size, and the rest of this section has no output.

// %%
import { FetchError, type Net, openNet } from "vgg/weights";

const pretrained = "cifar10"; // or "imagenet-keras", "runs/…", a file
let net: Net | undefined;
let status: string;
try {
  net = await openNet(pretrained, { fetch: { download: false } });
  status = `${pretrained}: ${net.classes.length} classes, ${net.network.inputSize} px`;
} catch (error) {
  if (!(error instanceof FetchError)) throw error;
  status = error.message;
}
status;

// %% [markdown]
// What does it see in the first image of each class? It can only answer with its own classes.

// %%
import { galleryFigure, imageTile, tf } from "vgg";
import { batches, makeAugment, prepareImages, subset } from "vgg/data";

const { labels } = dataset.validation;
const classesShown = dataset.classes.slice(0, 10);
const pictures = subset(dataset.validation, classesShown.map((_, label) => labels.indexOf(label)));

const classify = async ({ model, fit, normalization, classes }: Net) => {
  const prepare = makeAugment({ kind: "none" }, normalization);
  const guesses = [];
  for await (const batch of batches(await prepareImages(pictures, fit), { batchSize: 5 })) {
    const outputs = tf.tidy(() => (model.predict(prepare(batch, 0)) as tf.Tensor2D).arraySync());
    for (const probabilities of outputs) {
      const probability = Math.max(...probabilities);
      guesses.push({ ...classes[probabilities.indexOf(probability)]!, probability });
    }
  }
  return guesses;
};

// %%
if (net) {
  const guesses = await classify(net);
  const tiles = classesShown.map(async ({ name }, index) => {
    const image = await pictures.image(index, { mode: "stretch", size: 160 });
    const { name: guess, probability } = guesses[index]!;
    const end = ` (${(100 * probability).toFixed(0)} %)`;
    return await imageTile(image, { label: "Class: ", text: name }, {
      label: "Predicted: ",
      text: guess,
      end,
    });
  });
  await show(galleryFigure(await Promise.all(tiles), { title: `What ${pretrained} predicts` }));
  const knows = new Set(net.classes.map(({ id }) => id));
  const answerable = guesses.flatMap(({ id }, index) => {
    const actual = classesShown[index]!.id;
    return knows.has(actual) ? [id === actual] : [];
  });
  const right = answerable.filter(Boolean).length;
  const known = `${answerable.length} of the ${classesShown.length} classes`;
  await show(
    answerable.length > 0
      ? `It knows ${known}, and predicts ${right} of them correctly.`
      : "It knows none of these classes.",
  );
}

// %% [markdown]
// It has no word for what it does not know, and names one of its own classes all the same. Its features
// may still tell the new classes apart. Train the classifier on them with the same images as above:

// %%
if (net) {
  net.model.dispose();
  const size = sizes.at(-1)!;
  const options = { weights: pretrained, recipe: "features", network: {} } as const;
  const accuracies = [];
  for (const seed of seeds) {
    const changes = { epochs: steps.epochs };
    accuracies.push((await learn({ ...task(size, seed), ...options, changes })).accuracy);
  }
  const title = `${size} images per class, ${seeds.length} seeds`;
  const rows = [[`features of ${pretrained}`, ...shown(accuracies, percent)]];
  for (const way of names) rows.push([way, ...shown(accuraciesOf(way, size), percent)]);
  await show(table({ title, columns: ["way", "mean", "95 % interval"], rows }));
}

// %% [markdown]
// A guess is right one time in five, so the features of small photographs do say something about
// drawings. But those that the first half of this notebook learned from other *drawings* say much more:
// what a pretrained network is worth depends on how alike the tasks are, not on the fame of its data set.
//
// To fine-tune the whole network, leave out `recipe: "features"`. For VGG16 at 224 pixels, the first
// table of this notebook tells you how long an epoch takes; `network: { inputSize: 64, head: "small" }`
// keeps the convolutions and makes it affordable without a graphics card.
//
// ## Show it to others
//
// A network that nobody can try convinces nobody. `writeDemo` puts one into a page: whoever opens the file
// can choose, drop, paste or photograph a picture, and sees the likeliest classes and Grad-CAM. The network
// runs in their browser, and no picture leaves it. On the command line it is `deno task demo`, and
// `deno task export` writes a model card beside the weights for other programs.

// %%
import { writeDemo } from "vgg/demo";

const demo = await writeDemo(source.directory);
`${demo.path}: ${(demo.bytes / 1e6).toFixed(1)} MB`;

// %% [markdown]
// ## What ResNet changed
//
// The paper's networks go up to 19 layers, and its table 3 shows that the last layers add little.
// Beyond that, plain networks get *worse*, even in training loss, so the reason is not overfitting (He
// et al. 2015). If an extra layer cannot help, it should at least be able to do nothing. But doing
// nothing, the identity, is hard to learn for a stack of convolutions and ReLUs. ResNet makes it the
// default:
//
// $$y = x + F(x).$$
//
// The layers $F$ learn only the *difference*. The derivative of $y$ with respect to $x$ is
// $1 + F'(x)$: whatever $F$ does to the gradient, the 1 lets it through. In TensorFlow.js the idea
// takes one line, the one with `add`:

// %%
const relu = (x: tf.SymbolicTensor) => tf.layers.reLU().apply(x) as tf.SymbolicTensor;
const convolve = (x: tf.SymbolicTensor, seed: number, gammaInitializer: "ones" | "zeros") => {
  const kernelInitializer = tf.initializers.heNormal({ seed });
  const options = { filters: 16, kernelSize: 3, padding: "same", useBias: false } as const;
  const y = tf.layers.conv2d({ ...options, kernelInitializer }).apply(x);
  const normalize = tf.layers.batchNormalization({ momentum: 0.9, gammaInitializer });
  return normalize.apply(y) as tf.SymbolicTensor;
};

// %%
interface StackOptions {
  readonly units: number;
  readonly shortcut: boolean;
  /** The initial scale of the last batch normalization of each unit. */
  readonly gamma?: "ones" | "zeros";
}
const unit = (x: tf.SymbolicTensor, seed: number, { shortcut, gamma = "ones" }: StackOptions) => {
  const y = convolve(relu(convolve(x, seed, "ones")), seed + 1, gamma);
  return relu(shortcut ? tf.layers.add().apply([x, y]) as tf.SymbolicTensor : y);
};

// %% [markdown]
// A network of such units has one convolution, a pooling, half of the units, another pooling, the other
// half, and the average over all positions.

// %%
const pool = (x: tf.SymbolicTensor) =>
  tf.layers.maxPooling2d({ poolSize: 2 }).apply(x) as tf.SymbolicTensor;
const stack = (options: StackOptions, seed: number) => {
  const input = tf.input({ shape: [32, 32, 3] });
  let x = pool(relu(convolve(input, 1000 * seed, "ones")));
  for (let index = 0; index < options.units; index++) {
    if (index === options.units / 2) x = pool(x);
    x = unit(x, 1000 * seed + 2 * index + 1, options);
  }
  const average = tf.layers.globalAveragePooling2d({}).apply(x);
  const kernelInitializer = tf.initializers.glorotNormal({ seed });
  const dense = tf.layers.dense({ units: dataset.classes.length, kernelInitializer });
  return tf.model({ inputs: input, outputs: dense.apply(average) as tf.SymbolicTensor });
};

// %% [markdown]
// Compare ten weight layers and thirty-four, both plain, and thirty-four with shortcuts. All have batch
// normalization and the same recipe, in which the learning rate rises to 0.05 and falls again. (Tried
// once on drawn10, a peak of 0.1 gives the same order.) The two deep networks have exactly the same
// parameters: an addition has none. Again, each network is trained with several seeds.

// %%
const stackRecipe = {
  ...recipes.fast,
  batchSize: 32,
  labelSmoothing: 0,
  epochs: settings.short ? 1 : 5,
};
const attempt = async (options: StackOptions, seed: number) => {
  const network = stack(settings.short ? { ...options, units: 4 } : options, seed);
  const parameters = network.countParams();
  const limit = settings.short ? { steps: 3 } : {};
  const { losses } = await trials.run({ network, recipe: stackRecipe, seed, ...limit });
  network.dispose();
  return { losses, parameters };
};

// %%
const stackSeeds = seeds.slice(0, 3);
const stacks = {
  "10, plain": { units: 4, shortcut: false },
  "34, plain": { units: 16, shortcut: false },
  "34, shortcuts": { units: 16, shortcut: true },
};
const trained = [];
for (const [name, options] of Object.entries(stacks)) {
  const runs: Awaited<ReturnType<typeof attempt>>[] = [];
  for (const seed of stackSeeds) runs.push(await attempt(options, seed));
  // The loss at the end is the mean of the last thirty batches.
  const ends = runs.map(({ losses }) => mean(losses.slice(-30)));
  const losses = runs[0]!.losses.map((_, step) => mean(runs.map((run) => run.losses[step]!)));
  trained.push({ name, ends, losses, parameters: runs[0]!.parameters });
  await show(`${name}: ${ends.map((end) => end.toFixed(2)).join(", ")}`);
}

// %%
const curves = trained.map(({ name, losses }) => ({ name, values: smooth(losses) }));
const lowest = Math.min(...curves.flatMap(({ values }) => values));
linesFigure(curves, {
  title: "Plain and residual",
  subtitle:
    `Training loss of networks with 10 and 34 weight layers, mean of ${stackSeeds.length} seeds`,
  range: [lowest - 0.1, level.value + 0.7],
  ...axes,
});

// %%
const twoDigits = (value: number) => value.toFixed(2);
table({
  title: "Training loss at the end",
  columns: ["layers", "parameters", "mean", "95 % interval"],
  rows: trained.map(({ name, parameters, ends }) => [name, parameters, ...shown(ends, twoDigits)]),
});

// %%
const [ten, plain, residual] = trained.map(({ ends }) => ends);
table({
  title: "Differences of training loss",
  columns: ["difference", "mean", "95 % interval", "the first one is"],
  rows: [
    ["34 plain − 10 plain", ...contrast(plain!, ten!, twoDigits)],
    ["34 shortcuts − 34 plain", ...contrast(residual!, plain!, twoDigits)],
    ["34 shortcuts − 10 plain", ...contrast(residual!, ten!, twoDigits)],
  ],
});

// %% [markdown]
// The first row is what He et al. called *degradation*: with more layers, a plain network can have a
// higher training loss, although it could represent everything that the shallow one does. The second
// row shows what shortcuts change with the same parameters, and the third whether depth now pays. Look
// at the start of the curves, too: a residual network can start with a higher loss, because the sums
// of all its units add up.
//
// In 2015 networks of 152 layers won ImageNet with this line (He et al. 2015). They need fewer
// multiply-adds than VGG19, because they shrink the image early and narrow the channels with 1 × 1
// convolutions before each 3 × 3 one. They also have fewer parameters, because they average at the end
// instead of multiplying by matrices of 4,096 columns.
//
// ## What remains of VGG
//
// The blocks of 3 × 3 convolutions, the doubling of channels when the image is halved, and the habit of
// changing one thing at a time: they are in ResNet and in most networks after it. VGG's features are
// still used to compare how images *look* (perceptual losses), and its code is still the shortest
// explanation of a convolutional network.
//
// ## Summary
//
// - Parameters and multiply-adds can be counted; speed and memory must be measured. Training costs
//   about three forward passes, and in large batches activations need more memory than weights.
// - Compare networks with intervals. A small network may be enough for your task.
// - A trained network is a better start than random weights when images are few and the tasks are
//   related. A classifier on features takes seconds; fine-tuning also adapts the features. Each way
//   needs its own learning rate for a fair comparison.
// - Published weights bring their preprocessing and classes with them.
// - Shortcuts make the identity the default of a layer, so that depth no longer hurts training.
//
// ## Exercises
//
// 1. Estimate the training speed of VGG13 at 64 pixels from the table of speeds, then measure it.
//
//    <details><summary>Solution</summary>
//
//    VGG13 lies between VGG11 and VGG16. Interpolate the time per image by multiply-adds:
//
//    ```ts
//    const { macs } = countVGG({ ...at64, configuration: "B", classes: 10 });
//    const [vgg11, vgg16At64] = [measured["VGG11, 64 px"], measured["VGG16, 64 px"]];
//    const share = (macs - vgg11.macs) / (vgg16At64.macs - vgg11.macs);
//    const seconds = (1 - share) / vgg11.trained + share / vgg16At64.trained;
//    const vgg13 = await measure({ ...at64, configuration: "B" }, 8);
//    table({
//      rows: [
//        ["estimated images per second", (1 / seconds).toFixed(1)],
//        ["measured", vgg13.trained.toFixed(1)],
//      ],
//    });
//    ```
//
//    VGG13 adds two convolutions to the first blocks, where images are large and channels few. If such
//    layers take longer than their multiply-adds suggest, the estimate is too high.
//
//    </details>
//
// 2. Measure a VGG11 with batches of 1, 4, and 16. How do images per second and megabytes per image
//    change, and why?
//
//    <details><summary>Solution</summary>
//
//    ```ts
//    const rows = [];
//    for (const batchSize of [1, 4, 16]) {
//      const { trained, stepBytes } = await measure({ ...at64, configuration: "A" }, batchSize);
//      rows.push([batchSize, trained.toFixed(1), (stepBytes / batchSize / 1e6).toFixed(1)]);
//    }
//    table({ columns: ["batch", "images per second", "MB per image"], rows });
//    ```
//
//    Larger batches keep the processor busier, and each step reads and updates the weights only once.
//    The gradients of the weights are shared by all images of the batch, so megabytes per image fall
//    toward what the activations need.
//
//    </details>
//
// 3. Freeze more: train only the new layer, but by steps and with augmentation, with
//    `unfreezing: [{ until: 1, blocks: 0, rate: 1 }]`. Does it reach the accuracy of the classifier on
//    features?
//
//    <details><summary>Solution</summary>
//
//    ```ts
//    const frozen = { ...steps, unfreezing: [{ until: 1, blocks: 0, rate: 1 }] };
//    const { accuracy } = await learn({
//      ...task(sizes[0]!, seeds[0]!),
//      weights: source.directory,
//      learningRate: 0.05,
//      changes: frozen,
//    });
//    table({
//      rows: [
//        ["new layer by steps", percent(accuracy)],
//        ["classifier on features", percent(accuraciesOf("classifier on features", sizes[0]!)[0]!)],
//      ],
//    });
//    ```
//
//    Both train the same layer on the same images, one with an exact solver, one by a few steps with
//    augmentation. With several seeds and `contrast` you can decide whether they differ.
//
//    </details>
//
// 4. One more step of depth: use `{ from: deeper }` to initialize an E from the D that started from A.
//    Does it leave the plateau as easily?
//
//    <details><summary>Solution</summary>
//
//    ```ts
//    const deepest = buildVGG({
//      ...form,
//      configuration: "E",
//      initializer: { from: deeper, others: "glorot" },
//    });
//    const third = await trials.run({ network: deepest, recipe, steps: deepSteps });
//    deepest.dispose();
//    `E, from D: ${smooth(third.losses).at(-1)!.toFixed(2)} at the end, ` +
//      `0.1 below guessing ${leaves(smooth(third.losses))}`;
//    ```
//
//    Again only four convolutions and the fully connected layers are copied, and twelve layers are
//    random. Compare the step with that of D in the table above.
//
//    </details>
//
// 5. As in notebook 2, draw the strength of the signal through 34 plain and 34 residual layers at the
//    start. Where does the growth in the residual network come from, and which layer limits it?
//
//    <details><summary>Solution</summary>
//
//    `activationRms` measures each convolution's output; here the outputs of the ReLUs tell more,
//    because they come after the sums:
//
//    ```ts
//    const signalOf = (options: StackOptions) => {
//      const network = stack(options, 1);
//      const outputs = network.layers.filter((layer) => layer.getClassName() === "ReLU")
//        .map((layer) => layer.output as tf.SymbolicTensor);
//      const probe = tf.model({ inputs: network.inputs, outputs });
//      const strengths = tf.tidy(() => {
//        const noise = tf.randomNormal([8, 32, 32, 3], 0, 1, "float32", 7);
//        // In training, batch normalization uses the batch's own statistics.
//        const signals = probe.apply(noise, { training: true }) as tf.Tensor[];
//        return signals.map((signal) => signal.square().mean().sqrt().arraySync() as number);
//      });
//      network.dispose();
//      return strengths;
//    };
//    linesFigure([
//      { name: "plain", values: signalOf({ units: 16, shortcut: false }) },
//      { name: "shortcuts", values: signalOf({ units: 16, shortcut: true }) },
//    ], { title: "Strength of the signal", xTitle: "ReLU", yTitle: "root mean square" });
//    ```
//
//    Batch normalization gives each unit's last convolution a variance of about 1, and every shortcut
//    adds that to the sum, so the signal grows with the number of units. The batch normalization inside
//    each unit sees the sum first and scales it back, which keeps $F$ from growing with it.
//
//    </details>
//
// 6. Set the scale of the last batch normalization in each unit to zero at the start
//    (`gamma: "zeros"`), so that every unit begins as the identity (Goyal et al. 2017). What changes in
//    the first steps, and what at the end?
//
//    <details><summary>Solution</summary>
//
//    ```ts
//    const zero = await attempt({ units: 16, shortcut: true, gamma: "zeros" }, seeds[0]!);
//    const one = await attempt({ units: 16, shortcut: true }, seeds[0]!);
//    table({
//      columns: ["scale at the start", "first loss", "loss at the end"],
//      rows: [["zeros", zero], ["ones", one]].map(([name, { losses }]) => {
//        return [name, losses[0]!.toFixed(2), mean(losses.slice(-30)).toFixed(2)];
//      }),
//    });
//    ```
//
//    With zeros the network starts as a shallow one, so its first loss should be closer to guessing.
//    Goyal et al. use this for very large batches. In a training as short as this one it can also slow
//    the units down, because they have to grow first: compare the losses at the end.
//
//    </details>
