// %% [markdown]
// # 6 · Beyond VGGNet: what it costs, and what came next
//
// VGG is loved for its simplicity and for its features, and left behind for its appetite. The article
// closes with three complaints: slow to train (two to three weeks on four graphics cards), large (528
// MB of weights), hungry for memory. This notebook measures all three, here, on your machine. Then it
// looks at the two ideas that came out of the trouble: start a deep network **from a trained one**,
// and give the signal **a way around** the layers, which is ResNet.

// %%
import { notebookSettings, useEngine } from "vgg";

const settings = notebookSettings({ data: "drawn10" }); // or "cifar10", "imagenette160", a folder
Deno.chdir(settings.folder); // the project folder: data/ and runs/ are there
const [trialSteps, longerSteps] = settings.short ? [3, 3] : [70, 250]; // of the experiments
const engine = await useEngine();
engine.reason;

// %% [markdown]
// ## Size
//
// Four bytes a parameter. For the paper's thousand classes this gives the article's number to the digit,
// if a megabyte is counted as $2^{20}$ bytes:

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
// times them; the largest sum of tensors alive in a forward and backward pass is what training needs
// beside the weights and the optimizer's velocities. First small images, then the real thing: VGG16
// at 224 pixels with its 138 million parameters.

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
  title: "Images a second",
  columns,
  rows: Object.entries(measured).map(([name, { macs, predicted, trained }]) => {
    const speeds = [predicted, trained].map((speed) => speed.toFixed(1));
    return [name, (macs / 1e9).toFixed(2), ...speeds, (predicted / trained).toFixed(1)];
  }),
});

// %% [markdown]
// Time follows the multiply-adds, roughly: small layers keep a processor less busy than large ones,
// so a network with a sixteenth of the work is not sixteen times as fast. And training is about three
// times dearer than predicting, as counting says: the backward pass computes two products for each
// one of the forward pass, the gradient of the inputs and that of the weights. What is more than that
// is memory, written and read again, and chance. (These are the numbers of the machine that ran this
// notebook, and of what else it had to do. Yours will differ.)

// %%
table({
  title: "Megabytes",
  columns: ["network", "weights", "beside them in a step, for an image"],
  rows: Object.entries(measured).map(([name, { weightBytes, stepBytes, batchSize }]) => {
    const perImage = stepBytes / batchSize;
    return [name, ...[weightBytes, perImage].map((bytes) => (bytes / 1e6).toFixed(0))];
  }),
});

// %% [markdown]
// The last column holds activations, their gradients and, divided among few images, the gradients of
// the weights; the optimizer's velocities, as large as the weights, come on top. With larger batches
// the weights' part goes, the activations' stays. By counting alone, a batch of 256 keeps:

// %%
`${(256 * vgg16.activationBytes.training / 1e9).toFixed(1)} GB of activations`;

// %% [markdown]
// The paper's batch was spread over four cards, for speed (3.75 times, section 3.3), and each then
// held a quarter of this. And the time? The paper trained for 74 epochs of 1.28 million images, 224
// pixels each. Here, at the speed measured above, that would take:

// %%
const images = 74 * 1_281_167;
const days = images / measured["VGG16, 224 px"].trained / 86_400;
`${(days / 365).toFixed(1)} years`;

// %% [markdown]
// The authors needed two to three weeks on four Titan Blacks (section 3.3). NVIDIA gives 5.1
// teraflops for that card. A multiply-add is two operations, and training costs three forward passes.
// How much of the cards did they use, if it took two and a half weeks?

// %%
const operations = images * vgg16.macs * 2 * 3;
const available = 4 * 5.1e12 * 2.5 * 7 * 86_400;
`${(100 * operations / available).toFixed(0)} % of the cards' peak`;

// %% [markdown]
// A good share for 2014. There was not much waste to be cut: the network itself had to change.
//
// ## Small against large
//
// How much network does a task need? The run of the last notebooks is a VGG16 with a quarter of the
// channels. Train a VGG11 with an eighth of them by the same recipe, and put the two side by side.

// %%
import { evaluate, loadOrTrain, watchEvaluation, wilsonInterval } from "vgg";

const large = await loadOrTrain(settings);
const small = await loadOrTrain({
  ...settings,
  network: { ...settings.network, configuration: "A", width: settings.short ? 1 / 16 : 1 / 8 },
});

// %%
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const describe = async (run: typeof large) => {
  const { top1, images } = await evaluate(run, watchEvaluation());
  const interval = wilsonInterval(Math.round(top1 * images), images).map(percent).join(" to ");
  const file = (await Deno.stat(run.path("best"))).size / 1e6;
  const { configuration, width } = run.record.model;
  const name = `${configuration}, width ${width}`;
  return [name, run.record.parameters, file.toFixed(2), percent(top1), interval];
};

// %%
table({
  columns: ["network", "parameters", "file, MB", "top-1", "95 % interval"],
  rows: [await describe(large), await describe(small)],
});

// %% [markdown]
// The small network has less than a fifth of the parameters. Look at the intervals before you judge
// the difference. Whether the large one is worth its price is a question about your task, not about
// networks.
//
// ## Fine-tuning: start from a trained network
//
// Here is the problem that the paper's authors had, from notebook 2: a VGG16 without batch
// normalization, with Glorot's initialization, stays at $\ln 10$. Their way out was a ladder. Network
// A is shallow enough to learn from random weights. Its first four convolutions and its fully
// connected layers then *begin* network D, and only the layers between are random.
//
// First A. It, too, guesses for a while:

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

// %%
const shallow = buildVGG({ ...form, configuration: "A", initializer: "glorot" });
const first = await trials.run({ network: shallow, recipe, steps: longerSteps });

// %% [markdown]
// Then D twice, once from random weights and once from A. The option that does it is
// `initializer: { from: model }`; layers are matched by block, name and shape.

// %%
const deeper = buildVGG({
  ...form,
  configuration: "D",
  initializer: { from: shallow, others: "glorot" },
});
const tuned = await trials.run({ network: deeper, recipe, steps: trialSteps });
deeper.dispose();
tuned.losses.at(-1)!.toFixed(2);

// %%
const random = { ...form, configuration: "D", initializer: "glorot" } as const;
const scratch = await trials.run({ network: random, recipe, steps: trialSteps });

// %%
const smooth = (losses: readonly number[]) =>
  losses.map((_, at) => {
    const recent = losses.slice(Math.max(0, at - 9), at + 1);
    return recent.reduce((a, b) => a + b, 0) / recent.length;
  });
const level = { value: Math.log(dataset.classes.length), label: "guessing" };
const axes = { xTitle: "step", yTitle: "loss, mean of the last ten steps", level };

// %%
linesFigure([
  { name: "A, random", values: smooth(first.losses) },
  { name: "D, random", values: smooth(scratch.losses) },
  { name: "D, from A", values: smooth(tuned.losses) },
], {
  title: "A ladder to depth",
  subtitle: "Glorot's initialization, no batch normalization, the article's recipe in small",
  ...axes,
});

// %% [markdown]
// The deep network that starts from the shallow one leaves the plateau within a few dozen steps; its
// twin does not move. Nine layers of the sixteen are random in it: what it inherited is enough to let
// a signal through. This was the first sense of *fine-tuning*. The second made VGG immortal: take all
// weights from a network trained on ImageNet, exchange the last layer, and train on a few hundred
// images of your own. The early layers' edges and textures serve nearly every task (Yosinski et al.
// 2014).
//
// ## A new head on a trained network
//
// Here it is in small. A network learns half of the classes. Then it meets the other half, of which
// there are twenty images each.

// %%
const ids = dataset.classes.map(({ id }) => id);
const [known, fresh] = [ids.slice(0, ids.length / 2), ids.slice(ids.length / 2)];
const changes = { epochs: settings.short ? 2 : 12, batchSize: 32 };
const network = { ...settings.network, configuration: "A" } as const;
const source = await loadOrTrain({
  ...settings,
  network,
  load: { ...settings.load, classes: known, perClass: settings.short ? 20 : 300 },
  changes: { ...settings.changes, epochs: settings.short ? 2 : 4 },
});

// %% [markdown]
// The **features** of an image are what the last layer gets of it: here one number for each channel
// of the last block. If the network's other layers stay as they are, these are the same in every
// epoch. So compute them once, and all that is left to train is a linear classifier: logistic
// regression, which has one best solution and finds it within seconds.

// %%
const few = { ...settings, network, load: { ...settings.load, classes: fresh, perClass: 20 } };
const onFeatures = await loadOrTrain({
  ...few,
  weights: source.directory,
  recipe: "features",
  changes,
});

// %% [markdown]
// **Fine-tuning** begins with the same trained network and a new last layer, and goes further: the
// new layer trains first, alone, or else its random errors would run down through the network and
// spoil what it knows. Then the network is unfrozen block by block from the top, where features are
// the least general, at a tenth of the rate. What is frozen costs no backward pass. Look at the
// images a second, but not at the first epoch of a stage, in which the step is traced again; epochs
// this short vary much.

// %%
const fineTuned = await loadOrTrain({ ...few, weights: source.directory, changes });

// %%
const stages = fineTuned.record.recipe.unfreezing as readonly { until: number; blocks: number }[];
const { epochs } = changes;
table({
  columns: ["epoch", "blocks that train", "images a second", "validation accuracy"],
  rows: (await fineTuned.history()).map((line) => {
    const blocks = stages.find(({ until }) => (line.epoch - 1) / epochs < until)?.blocks ?? 5;
    return [line.epoch, blocks, line.images_per_second.toFixed(0), percent(line.val_accuracy)];
  }),
});

// %% [markdown]
// And the same network from random weights, with the same images and as many epochs, at a rate that
// so few steps bear:

// %%
const fromScratch = await loadOrTrain({ ...few, changes, learningRate: 0.02 });
table({
  columns: ["twenty images of each class", "best validation accuracy", "seconds of training"],
  rows: Object.entries({
    "from random weights": fromScratch,
    "classifier of features": onFeatures,
    "fine-tuned": fineTuned,
  }).map(([name, { record: { result } }]) => {
    return [name, percent(result!.best_val_accuracy!), result!.seconds.toFixed(1)];
  }),
});

// %% [markdown]
// The classifier needs about half of the time, and most of that is not training: its features took
// two seconds. How far it comes, and whether fine-tuning pays, depends on the images. If these are
// the drawn ones, do not be surprised when random weights do as well: drawings are simple, and five
// classes of them teach little that the other five need. Photographs are another matter. A VGG11 of
// half the width that learned CIFAR-10 in five epochs, then fifty images of each class of Imagenette
// at 64 pixels, sixteen epochs (top-1 of 500 images, means of three seeds): by the classifier of
// features 58.4 %, from random weights 67.5 %, fine-tuned **70.7 %**. In forty epochs random weights
// reach 69.1 %.
//
// On the command line this is `deno task train --data photos --weights runs/cifar10`, with
// `--recipe features` for the classifier alone. A file of Keras's or PyTorch's VGG weights does as
// well. How images become input is taken over from the weights: a network that learned from one range
// of numbers knows nothing of another.
//
// ## What ResNet changed
//
// The ladder goes up to 19 layers, and the paper's table 3 shows that the top rungs carry little.
// Beyond, plain networks get *worse*, in training already, so it is not over-fitting (He et al.
// 2015). If an extra layer cannot help, it should at least be able to do nothing. But doing nothing,
// the identity, is hard to learn for a stack of convolutions and ReLUs. ResNet makes it the default:
//
// $$y = x + F(x).$$
//
// The layers $F$ learn only the *difference*. And the gradient of $x$ is $1 + F'(x)$: whatever $F$ does
// to it, the 1 lets it through. In TensorFlow.js the whole idea is one line, the one with `add`:

// %%
import { tf } from "vgg";

const relu = (x: tf.SymbolicTensor) => tf.layers.reLU().apply(x) as tf.SymbolicTensor;
const convolve = (x: tf.SymbolicTensor, seed: number) => {
  const kernelInitializer = tf.initializers.heNormal({ seed });
  const options = { filters: 16, kernelSize: 3, padding: "same", useBias: false } as const;
  const y = tf.layers.conv2d({ ...options, kernelInitializer }).apply(x);
  return tf.layers.batchNormalization({ momentum: 0.9 }).apply(y) as tf.SymbolicTensor;
};

// %%
const unit = (x: tf.SymbolicTensor, seed: number, shortcut: boolean) => {
  const y = convolve(relu(convolve(x, seed)), seed + 1);
  return relu(shortcut ? tf.layers.add().apply([x, y]) as tf.SymbolicTensor : y);
};

// %% [markdown]
// A network of such units: one convolution, a pooling, half of the units, another pooling, the other
// half, and the average over all places.

// %%
const pool = (x: tf.SymbolicTensor) =>
  tf.layers.maxPooling2d({ poolSize: 2 }).apply(x) as tf.SymbolicTensor;
const stack = (units: number, shortcut: boolean) => {
  const input = tf.input({ shape: [32, 32, 3] });
  let x = pool(relu(convolve(input, 1)));
  for (let index = 0; index < units; index++) {
    if (index === units / 2) x = pool(x);
    x = unit(x, 2 * index + 2, shortcut);
  }
  const kernelInitializer = tf.initializers.glorotNormal({ seed: 0 });
  const average = tf.layers.globalAveragePooling2d({}).apply(x);
  const logits = tf.layers.dense({ units: dataset.classes.length, kernelInitializer }).apply(
    average,
  );
  return tf.model({ inputs: input, outputs: logits as tf.SymbolicTensor });
};

// %% [markdown]
// Ten weight layers, then thirty-four, both plain; then thirty-four with shortcuts. All have batch
// normalization and the same recipe, and the last two have exactly the same parameters: an addition has
// none.

// %%
const attempt = async (units: number, shortcut: boolean) => {
  const network = stack(settings.short ? 4 : units, shortcut);
  const parameters = network.countParams();
  const { losses } = await trials.run({
    network,
    recipe: { ...recipes.fast, batchSize: 32, labelSmoothing: 0, epochs: 3 },
    steps: trialSteps,
  });
  network.dispose();
  return { losses: smooth(losses), parameters };
};

// %%
const networks = {
  "10, plain": await attempt(4, false),
  "34, plain": await attempt(16, false),
  "34, shortcuts": await attempt(16, true),
};
linesFigure(Object.entries(networks).map(([name, { losses }]) => ({ name, values: losses })), {
  title: "Plain and residual",
  subtitle: "Training loss of networks with 10 and 34 weight layers",
  range: [1.4, 3],
  ...axes,
});

// %%
table({
  columns: ["layers", "parameters", "loss at the end"],
  rows: Object.entries(networks).map(([name, { parameters, losses }]) => {
    return [name, parameters, losses.at(-1)!.toFixed(2)];
  }),
});

// %% [markdown]
// The deep plain network learns far more slowly than the shallow one, though it could do all the
// shallow one does. With shortcuts depth costs nothing: the thirty-four layers start with a worse
// loss, since the sums add up, and have caught up with the ten within some dozens of steps. In 2015
// networks of 152 layers won ImageNet by this line (He et al. 2015): with fewer multiply-adds than
// VGG19, because they shrink the image early and let 1 × 1 convolutions narrow the channels before
// each 3 × 3; and with fewer parameters, because they average at the end instead of multiplying by
// matrices of 4,096.
//
// ## What remains of VGG
//
// The blocks of 3 × 3 convolutions, the doubling of channels when the image halves, the habit of
// changing one thing at a time: they are in ResNet and in most of what followed. Its features are
// still used to compare images by how they *look* (perceptual losses), and its code is still the
// shortest way to explain a convolutional network. You have now seen why.
//
// ## Exercises
//
// 1. Predict the training speed of VGG13 at 64 pixels from the table, then measure it.
// 2. `measureCost` with `batchSize` 1, 4 and 16: how do images per second and megabytes per image
//    change, and why?
// 3. Freeze more: `changes: { unfreezing: [{ until: 1, blocks: 0, rate: 1 }] }` trains the new layer
//    alone, by steps and with augmentation. Does it come to the accuracy of the classifier of
//    features?
// 4. The ladder copies four convolutions. Use `{ from: deeper }` to begin an E from the D that came
//    from A. Does the third rung start as easily? (Build it before `deeper` is disposed of.)
// 5. Draw the strength of the signal, as in notebook 2, through 34 plain and 34 residual layers.
//    Where does the residual one's growth come from, and which layer keeps it in check?
// 6. Set the last batch normalization's scale in each unit to zero at the start
//    (`gammaInitializer: "zeros"`), so that every unit begins as the identity. What becomes of the bad
//    first steps?
