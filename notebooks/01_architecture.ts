// %% [markdown]
// # 1 · The architecture: small filters, many of them
//
// In 2014 Karen Simonyan and Andrew Zisserman asked a plain question: what does **depth** do for a
// convolutional network, if everything else is held still? To find out they fixed every choice but
// one. All convolutions are 3 × 3 (in one network a few are 1 × 1), all poolings halve the image, and
// the same three fully connected layers stand at the end. Then they added layers: 11, 13, 16, 19.
// Their networks came first in the localization task of ILSVRC 2014 and second in classification, and
// two of them, VGG16 and VGG19, are still what many people learn on.
//
// This notebook takes the design apart. By its end you will have computed, not just read, why small
// filters win, what the six networks of
// [the paper](https://arxiv.org/abs/1409.1556) cost, and where the cost sits. Every number below
// comes out of the cell above it, or names the table it is taken from.
//
// One cell holds the settings. `notebookSettings` fills in what suits the data, `Deno.chdir` changes to
// the project folder, and `useEngine` starts TensorFlow; the first time that takes a download.

// %%
import { notebookSettings, useEngine } from "vgg";

const settings = notebookSettings({ data: "drawn10" }); // or "cifar10", "imagenette160", a folder
Deno.chdir(settings.folder); // the project folder: data/ and runs/ are there
const network = { inputSize: 224, classes: 1000 }; // as in the paper
const engine = await useEngine();
engine.reason;

// %% [markdown]
// ## One block
//
// A VGG network is five **blocks**. A block is a few convolutions that leave height and width as they
// are, each followed by $\mathrm{ReLU}(x) = \max(0, x)$, and then one pooling that halves both. A
// filter of side $k$, moved one pixel at a time over an image of height $h$ with $p$ rows of zeros
// around it, gives an image of height
//
// $$h' = h - k + 2p + 1,$$
//
// so with $k = 3$ one row of zeros, $p = 1$, keeps the size. That is what `padding: "same"` means. In
// TensorFlow.js a block is a short function:

// %%
import { table, tf } from "vgg";

function vggBlock(x: tf.SymbolicTensor, layers: number, filters: number): tf.SymbolicTensor {
  for (let layer = 0; layer < layers; layer++) {
    const convolution = { filters, kernelSize: 3, padding: "same", activation: "relu" } as const;
    x = tf.layers.conv2d(convolution).apply(x) as tf.SymbolicTensor;
  }
  return tf.layers.maxPooling2d({ poolSize: 2, strides: 2 }).apply(x) as tf.SymbolicTensor;
}

// %% [markdown]
// Two such blocks, as VGG16 begins: the image shrinks while the channels grow.

// %%
const input = tf.input({ shape: [224, 224, 3] });
const output = vggBlock(vggBlock(input, 2, 64), 2, 128);
const beginning = tf.model({ inputs: input, outputs: output });
const shapes = beginning.layers.map(({ name, outputShape }) => {
  return [name, outputShape.slice(1).join(" × ")];
});
beginning.dispose();
table({ columns: ["layer", "height × width × channels"], rows: shapes });

// %% [markdown]
// Halving the side quarters the number of places, and doubling the channels multiplies the work at
// each place by four: from block to block the work per layer stays about the same. When the channels
// stop doubling, at 512, the work drops. You will see both in the figure of costs below.
//
// ## Why 3 × 3?
//
// AlexNet, the champion of 2012, began with filters of 11 × 11 and 5 × 5. A large filter sees a large
// part of the image. But layers add up: what one output depends on, its **receptive field**, grows
// by $k - 1$ with every further convolution of stride 1,
//
// $$r_n = 1 + n\,(k - 1).$$
//
// Two 3 × 3 convolutions therefore see 5 × 5, and three see 7 × 7. You can watch it happen. Put a
// single 1 into a field of zeros and convolve it with a filter of ones, again and again. A cell's
// value then counts the *paths* from that one input to that output.

// %%
import { heatmapsFigure } from "vgg";
import { countStack } from "vgg/vgg";

const paths = tf.tidy(() => {
  const ones = tf.ones<tf.Rank.R4>([3, 3, 1, 1]);
  let map = tf.pad(tf.ones<tf.Rank.R4>([1, 1, 1, 1]), [[0, 0], [4, 4], [4, 4], [0, 0]]);
  return [1, 2, 3].map((layers) => {
    map = tf.conv2d(map, ones, 1, "same");
    const values = map.squeeze<tf.Tensor2D>([0, 3]).arraySync();
    return { name: `${layers} × (3 × 3)`, values };
  });
});

// %%
heatmapsFigure(paths, {
  title: "What a stack of 3 × 3 filters sees",
  subtitle: "Paths from one input in the middle to each output",
});

// %% [markdown]
// The field grows by one cell on every side, as the formula says. The figure says something more: the
// middle is reached by many paths, a corner by a single one. A unit of a deep network looks
// mostly at the center of its receptive field (Luo et al. 2016).
//
// So a stack sees as much as one large filter. What does it cost? A layer with $C$ channels in and out
// has $k^2 C^2$ weights, and $n$ of them $n\,k^2 C^2$. The table compares stacks with single filters
// of the same field, for $C = 256$.

// %%
const stacks = [[3, 2], [5, 1], [3, 3], [7, 1], [3, 5], [11, 1]] as const;
const rows = stacks.map(([kernelSize, layers]) => {
  const count = countStack({ kernelSize, layers, channels: 256 });
  const name = `${layers} × (${kernelSize} × ${kernelSize})`;
  return [name, count.receptiveField, count.weights, count.rectifications];
});
table({ columns: ["stack", "receptive field", "weights", "ReLUs"], rows });

// %% [markdown]
// In the same field, three 3 × 3 layers have $27\,C^2$ weights where one 7 × 7 has $49\,C^2$. The
// paper puts it as 81 % more, and you can check it:

// %%
const three = countStack({ kernelSize: 3, layers: 3, channels: 256 });
const seven = countStack({ kernelSize: 7, layers: 1, channels: 256 });
`${(100 * (seven.weights / three.weights - 1)).toFixed(0)} % more weights in one 7 × 7`;

// %% [markdown]
// The stack is cheaper, and it bends the signal three times instead of once: three ReLUs make a richer
// function than one. The authors tested this on its own. They replaced each pair of 3 × 3 layers of
// network B by one 5 × 5 layer, which sees the same, and measured a top-1 error
// 7 % higher (section 4.1 of the paper).
//
// ## Six networks in one table
//
// All networks of the paper are columns of its table 1, and in this library they are data. This is
// configuration D, known as VGG16, block by block:

// %%
import { type ConfigurationName, configurations, countVGG, linesFigure } from "vgg";

configurations.D.map((block) =>
  block.map((part) =>
    part.kind === "convolution" ? `conv${part.kernelSize}-${part.channels}` : "LRN"
  ).join(" ")
);

// %% [markdown]
// A convolution with $C$ channels in and $C'$ out has $k^2\,C\,C' + C'$ parameters, weights and biases.
// It multiplies and adds $h\,w\,k^2\,C\,C'$ times, once for each weight at each place. That is all the
// arithmetic there is, so the costs of all six can be computed without building any. The last column
// is not computed: it is the top-5 error that the paper measured (table 3, one test scale,
// training side 256).

// %%
const names = Object.keys(configurations) as ConfigurationName[];
const counts = names.map((configuration) => countVGG({ configuration, ...network }));
const published = [10.4, 10.5, 9.9, 9.4, 8.8, 9.0]; // top-5 error in %, table 3
const weightLayers = counts.map(({ layers }) =>
  layers.filter(({ kind }) => kind === "convolution" || kind === "dense").length
);

// %%
table({
  columns: ["network", "weight layers", "parameters", "multiply-adds, G", "top-5 error, % (paper)"],
  rows: names.map((name, index) => {
    const { parameters, macs } = counts[index]!;
    return [
      name,
      weightLayers[index]!,
      parameters,
      (macs / 1e9).toFixed(2),
      published[index]!.toFixed(1),
    ];
  }),
});

// %% [markdown]
// The parameters round to what the paper's table 2 says in millions: 133, 133, 134, 138, 144 (A and
// A-LRN share the first). Read down the last column and you have the paper's findings:
//
// - **Depth helps.** From A to D the error falls from 10.4 to 8.8 %, at nearly the same number of
//   parameters.
// - **Local response normalization does not.** A-LRN is no better than A, and later networks dropped it.
// - **Seeing more helps beyond bending more.** C adds 1 × 1 layers to B, which bend the signal without
//   looking around: better than B. D makes them 3 × 3: better still.
// - **It saturates.** E has three more layers than D and does not gain at this scale.

// %%
const plain = ["A", "B", "D", "E"].map((name) => names.indexOf(name as ConfigurationName));
linesFigure([{
  name: "A, B, D, E",
  places: plain.map((index) => weightLayers[index]!),
  values: plain.map((index) => published[index]!),
}], {
  title: "Deeper is better, up to a point",
  subtitle: "Top-5 error on ILSVRC 2012 validation images, from table 3 of the paper",
  xTitle: "weight layers",
  yTitle: "top-5 error, %",
});

// %% [markdown]
// ## VGG16 and VGG19 side by side
//
// D and E became famous under the number of their weight layers. They differ by one convolution in
// each of blocks 3, 4 and 5.

// %%
import { architectureFigure, drawNetwork } from "vgg";

const [vgg16, vgg19] = (["D", "E"] as const).map((configuration) =>
  drawNetwork({ configuration, ...network })
);
architectureFigure([vgg16!, vgg19!], { title: "VGG16 and VGG19" });

// %% [markdown]
// The article trains on ten classes instead of a thousand. Only the last layer changes, and the count
// becomes the one its notebook prints, 134,301,514:

// %%
countVGG({ configuration: "D", classes: 10 }).parameters;

// %% [markdown]
// ## Where weights, work and memory sit
//
// The three costs of a layer are quite different things. **Parameters** make the file large and the
// optimizer's state with it. **Multiply-adds** make it slow. **Activations**, the outputs that must be
// kept for the backward pass, fill the memory while training. In VGG16 they sit in different places.

// %%
import { layerCostsFigure } from "vgg";

const costs = countVGG({ configuration: "D", ...network });
layerCostsFigure(costs, {
  title: "Where VGG16's costs sit",
  subtitle: "224 px, 1000 classes, one image, float32; blue: convolutions, amber: fully connected",
});

// %% [markdown]
// The parameters sit where the others do not; work and memory share the first blocks. The sums say it in
// a line each:

// %%
type Cost = "parameters" | "macs" | "activationBytes";
const share = (cost: Cost, names: RegExp) => {
  const sum = (names: RegExp) =>
    costs.layers.reduce((sum, layer) => names.test(layer.name) ? sum + layer[cost] : sum, 0);
  return `${(100 * sum(names) / sum(/./)).toFixed(1)} %`;
};

// %%
table({
  rows: [
    ["parameters in the fully connected layers", share("parameters", /^fc|^predictions/)],
    ["parameters in fc1 alone", share("parameters", /^fc1$/)],
    ["multiply-adds in the convolutions", share("macs", /conv/)],
    ["activations in the first two blocks", share("activationBytes", /^block[12]/)],
  ],
});

// %% [markdown]
// One matrix, `fc1`, holds three quarters of the network: it joins all $7 \cdot 7 \cdot 512 = 25{,}088$
// values of the last pooling to 4,096 units. The convolutions, a tenth of the weights, do almost all
// of the work, because each weight is used at every place of the image. And the memory goes to the
// first blocks, where the maps are large.
//
// This is worth remembering whenever somebody says "a big model". Replace the head by an average over
// all places and nine tenths of the parameters are gone, while the work hardly changes:

// %%
const small = countVGG({ configuration: "D", ...network, head: "small" });
table({
  columns: ["VGG16 with", "parameters", "multiply-adds, G"],
  rows: [
    ["two layers of 4096", costs.parameters, (costs.macs / 1e9).toFixed(2)],
    ["an average over all places", small.parameters, (small.macs / 1e9).toFixed(2)],
  ],
});

// %% [markdown]
// ## Against AlexNet
//
// The article compares VGG16's 138 M parameters with AlexNet's 62 M. AlexNet's authors published its
// layers (Krizhevsky, Sutskever & Hinton 2012, section 3.5), so its count can be computed as well. They
// split some convolutions over two graphics cards, each seeing half of the channels, which gives their
// "60 million". Join the halves, as most later versions do, and you get the article's 62 million.

// %%
import { countAlexNet } from "vgg/vgg";

const sum = (layers: readonly { name: string; parameters: number; macs: number }[]) => {
  const dense = layers.filter(({ name }) => /^fc|^predictions$/.test(name));
  const total = (part: typeof layers, cost: "parameters" | "macs") =>
    part.reduce((a, layer) => a + layer[cost], 0);
  const all = total(layers, "parameters"), inDense = total(dense, "parameters");
  return [all - inDense, inDense, all, (total(layers, "macs") / 1e9).toFixed(2)];
};

// %%
table({
  columns: ["network", "in convolutions", "fully connected", "parameters", "multiply-adds, G"],
  rows: [
    ["AlexNet, two cards", ...sum(countAlexNet())],
    ["AlexNet, joined", ...sum(countAlexNet(false))],
    ["VGG16", ...sum(costs.layers)],
    ["VGG19", ...sum(countVGG({ configuration: "E", ...network }).layers)],
  ],
});

// %% [markdown]
// VGG16 has about twice the parameters of AlexNet, but about fourteen times the arithmetic of the
// joined version. Small filters save weights *per layer*; what VGG does with the savings is to use
// many layers on large maps, and that is paid in time. Notebook 6 measures it.
//
// ## What one unit sees
//
// Pooling changes how fast the receptive field grows. After a pooling, neighbors are two pixels
// apart, so a 3 × 3 filter reaches twice as far. With $j$ for the pixels from one unit to the next,
//
// $$r \leftarrow r + (k - 1)\,j, \qquad j \leftarrow j\,s.$$
//
// Follow the two through VGG16, and compare the last layer's field with the image's 224 pixels.

// %%
import { imageTile, loadDataset, receptiveFields, receptiveFieldsFigure } from "vgg";

const fields = receptiveFields({ configuration: "D" });
table({
  columns: ["layer", "sees, px", "one unit every, px"],
  rows: fields.map(({ name, size, step }) => [name, size, step]),
});

// %%
const { validation } = await loadDataset(settings.data, settings.load);
const last = Math.floor(0.57 * validation.length);
const image = await validation.image(last, { mode: "stretch", size: 224 });
const ends = fields.filter(({ name }) => name.endsWith("_pool"));
receptiveFieldsFigure(await imageTile(image), ends, {
  title: "What the middle unit of each block sees",
  subtitle: "Receptive fields after the five poolings of VGG16",
});

// %% [markdown]
// The first blocks cannot know more than an edge or a texture. After the fourth, a unit sees a part of
// an animal; only the last block sees about all of the image, and its 7 × 7 units are 32 pixels
// apart. That fits what Yosinski et al. measured in 2014: the features of early
// layers serve nearly every task, those of late ones belong to their own.
//
// ## A network to hold in your hands
//
// Everything so far was counting. `buildVGG` builds the thing, with the same names. This is the network
// that the next notebook trains: VGG16 with batch normalization, a quarter of the channels, 64 pixels
// and the small head.

// %%
import { buildVGG, show } from "vgg";

const options = {
  configuration: "D",
  width: 0.25,
  inputSize: 64,
  classes: 10,
  batchNorm: true,
  convBias: false, // batch normalization has one of its own
  head: "small",
} as const;
countVGG(options).parameters;

// %%
const model = buildVGG(options);
await show(model);
const guess = tf.tidy(() => (model.predict(tf.zeros([1, 64, 64, 3])) as tf.Tensor2D).arraySync());
const built = model.countParams();
model.dispose();
guess[0]!.map((probability) => probability.toFixed(2)).join("  ");

// %% [markdown]
// Below the table stand the probabilities that it gives to a black image. An untrained network has no
// opinion: each of the ten classes gets a tenth. And it has as many parameters as were counted, those
// included that batch normalization averages without a gradient:

// %%
const { parameters, nonTrainableParameters } = countVGG(options);
table({
  rows: [
    ["parameters counted", parameters + nonTrainableParameters],
    ["parameters built", built],
  ],
});

// %% [markdown]
// ## Exercises
//
// 1. How many 3 × 3 layers replace one 11 × 11 filter, and how many weights does that save for
//    $C = 96$? Is it still worth it for the very first layer, where $C = 3$ comes in?
// 2. Table 1 of the paper has no network with 5 × 5 filters. Count the one its authors tested: B, each
//    pair of 3 × 3 layers replaced by one 5 × 5.
// 3. At which `inputSize` does VGG16 need four times the multiply-adds of 224 pixels? And four times
//    the parameters? Try `countVGG` with the paper's head and with the small one, and explain the
//    difference.
// 4. Draw the receptive fields of VGG19. Does its last unit see all of the image?
// 5. Change `network` in the first cell to 32 pixels and ten classes, CIFAR-10's, and run the notebook
//    again. What happens to the fields, and what does a 3 × 3 filter see in block 5?
