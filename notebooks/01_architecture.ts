// %% [markdown]
// # 1 · The architecture: small filters, many of them
//
// In 2014 Karen Simonyan and Andrew Zisserman asked a simple question: what does **depth** do for a
// convolutional network, if everything else stays the same? To find out they fixed every choice but
// one. All convolutions are 3 × 3 (one network has a few of 1 × 1), all poolings halve the image, and
// every network ends with the same three fully connected layers. Then they added layers: 11, 13, 16, 19.
// Their networks came first in the localization task of ILSVRC 2014 and second in classification, and
// two of them, VGG16 and VGG19, are still the networks that many people learn with.
//
// - **Goals**: write a VGG block yourself; compute why small filters win; say where the parameters,
//   the arithmetic, and the memory of a network are.
// - **Time**: less than a minute on two cores; nothing is trained.
// - **Prerequisites**: what a convolution is; a little TypeScript.
// - **Links**: next [2 · Training](02_training.ipynb),
//   [the article](https://github.com/anejad/Convolutional-Neural-Network-Champions),
//   [the paper](https://arxiv.org/abs/1409.1556)
//
// Every number below is computed by the cell above it, or comes from the table that is named beside it.
//
// The first cell holds the settings. `notebookSettings` fills in what suits the data, `Deno.chdir` changes
// to the project folder, and `useEngine` starts TensorFlow, which is downloaded the first time.

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
// A VGG network consists of five **blocks**. A block is a few convolutions that keep height and width,
// each followed by $\mathrm{ReLU}(x) = \max(0, x)$, and then one pooling that halves both. A
// filter of side $k$, moved one pixel at a time over an image of height $h$ with $p$ rows of zeros
// around it, returns an image of height
//
// $$h' = h - k + 2p + 1,$$
//
// so for $k = 3$ one row of zeros, $p = 1$, keeps the size. That is what `padding: "same"` means. In
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
// These are the first two blocks of VGG16. The image shrinks while the channels grow.

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
// Halving the side leaves a quarter of the positions, and doubling the channels multiplies the work at
// each position by four, so the work per layer stays about the same from block to block. Where the channels
// stop doubling, at 512, the work drops. You will see both in the figure of costs below.
//
// ## Why 3 × 3?
//
// AlexNet, the champion of 2012, began with filters of 11 × 11 and 5 × 5. A large filter sees a large
// part of the image. But layers add up: the part of the input that one output depends on, its
// **receptive field**, grows by $k - 1$ with every further convolution of stride 1,
//
// $$r_n = 1 + n\,(k - 1).$$
//
// Two 3 × 3 convolutions therefore see 5 × 5, and three see 7 × 7. You can watch this. Put a
// single 1 into a field of zeros and convolve it with a filter of ones, again and again. The value of a
// cell is then the number of *paths* from that one input to that output.

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
// The field grows by one cell on every side, as the formula says. The figure shows one more thing: many
// paths reach the middle, but only one reaches a corner. A unit of a deep network looks
// mostly at the center of its receptive field (Luo et al. 2016).
//
// So a stack sees as much as one large filter. What does it cost? A layer with $C$ channels in and out
// has $k^2 C^2$ weights, and $n$ of them have $n\,k^2 C^2$. The table compares stacks with single filters
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
// For the same field, three 3 × 3 layers have $27\,C^2$ weights and one 7 × 7 layer has $49\,C^2$. The
// paper says that this is 81 % more, and you can check it:

// %%
const three = countStack({ kernelSize: 3, layers: 3, channels: 256 });
const seven = countStack({ kernelSize: 7, layers: 1, channels: 256 });
`${(100 * (seven.weights / three.weights - 1)).toFixed(0)} % more weights in one 7 × 7`;

// %% [markdown]
// The stack is cheaper, and it has three ReLUs instead of one, so it can compute a richer function. The
// authors tested this separately. They replaced each pair of 3 × 3 layers of network B by one 5 × 5 layer,
// which sees the same, and measured a top-1 error that was 7 % higher (section 4.1 of the paper).
//
// ## Six networks in one table
//
// The networks of the paper are the columns of its table 1, and in this library they are data. This is
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
// It needs $h\,w\,k^2\,C\,C'$ multiply-adds, one for each weight at each position. That is all the
// arithmetic there is, so the costs of all six networks can be computed without building any of them. Only
// the last column is not computed: it is the top-5 error that the paper measured (table 3, one test scale,
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
// The parameters round to the millions in the paper's table 2: 133, 133, 134, 138, 144 (A and
// A-LRN share the first). The last column contains the paper's findings:
//
// - **Depth helps.** From A to D the error falls from 10.4 to 8.8 %, with nearly the same number of
//   parameters.
// - **Local response normalization does not help.** A-LRN is no better than A, and later networks dropped it.
// - **Looking further helps more than further ReLUs alone.** C adds 1 × 1 layers to B, which add ReLUs
//   but do not look around: it is better than B. D makes these layers 3 × 3: it is better still.
// - **It saturates.** E has three more layers than D and gains nothing at this scale.

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
// each of the blocks 3, 4, and 5.

// %%
import { architectureFigure, drawNetwork } from "vgg";

const [vgg16, vgg19] = (["D", "E"] as const).map((configuration) =>
  drawNetwork({ configuration, ...network })
);
architectureFigure([vgg16!, vgg19!], { title: "VGG16 and VGG19" });

// %% [markdown]
// The article trains on ten classes instead of a thousand. Only the last layer changes, and the count
// becomes the one that the article's notebook prints, 134,301,514:

// %%
countVGG({ configuration: "D", classes: 10 }).parameters;

// %% [markdown]
// ## Where parameters, work, and memory are
//
// The three costs of a layer are different things. **Parameters** determine the size of the file and of the
// optimizer's state. **Multiply-adds** determine the time. **Activations**, the outputs that are
// kept for the backward pass, fill the memory during training. In VGG16 they are in different places.

// %%
import { layerCostsFigure } from "vgg";

const costs = countVGG({ configuration: "D", ...network });
layerCostsFigure(costs, {
  title: "Where VGG16's costs sit",
  subtitle: "224 px, 1000 classes, one image, float32; blue: convolutions, amber: fully connected",
});

// %% [markdown]
// The parameters are where the other two are not; work and memory share the first blocks. The sums:

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
// One matrix, `fc1`, holds three quarters of the network: it connects all $7 \cdot 7 \cdot 512 = 25{,}088$
// values of the last pooling with 4,096 units. The convolutions have a tenth of the weights but do almost
// all of the work, because each weight is used at every position of the image. The first blocks need most
// of the memory, because their maps are large.
//
// Remember this when somebody speaks of "a big model". If the head is replaced by an average over
// all positions, nine tenths of the parameters are gone, while the work hardly changes:

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
// ## Compared with AlexNet
//
// The article compares VGG16's 138 M parameters with AlexNet's 62 M. AlexNet's authors published its
// layers (Krizhevsky, Sutskever & Hinton 2012, section 3.5), so its count can be computed too. They
// split some convolutions over two graphics cards, each of which sees half of the channels, which gives
// their "60 million". With the halves joined, as in most later versions, you get the article's 62 million.

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
// joined version. Small filters save weights *per layer*. VGG spends the savings on many layers with large
// maps, and pays in time. Notebook 6 measures it.
//
// ## What one unit sees
//
// Pooling changes how fast the receptive field grows. After a pooling, neighbors are two pixels
// apart, so a 3 × 3 filter reaches twice as far. If $j$ is the distance between neighboring units in pixels,
//
// $$r \leftarrow r + (k - 1)\,j, \qquad j \leftarrow j\,s.$$
//
// Follow both through VGG16, and compare the last layer's field with the image's 224 pixels.

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
// The first blocks cannot detect more than an edge or a texture. After the fourth, a unit sees a part of
// an object; only the last block sees nearly the whole image, and its 7 × 7 units are 32 pixels
// apart. That agrees with what Yosinski et al. measured in 2014: the features of early
// layers are useful for nearly every task, and those of late layers are specific to their own.
//
// ## From blocks to a network
//
// Your `vggBlock` is all that the convolutional part of VGG16 needs. Here it is five times, with the
// number of layers and filters from the configuration:

// %%
const image224 = tf.input({ shape: [224, 224, 3] });
const blocks = configurations.D.map((block) => {
  const channels = block.flatMap((part) => part.kind === "convolution" ? part.channels : []);
  return { layers: channels.length, filters: channels[0]! };
});
const byHand = tf.model({
  inputs: image224,
  outputs: blocks.reduce((x, { layers, filters }) => vggBlock(x, layers, filters), image224),
});
const inBlocks = costs.layers.filter(({ name }) => /conv/.test(name));
table({
  rows: [
    ["parameters of five blocks by hand", byHand.countParams()],
    ["parameters counted above", inBlocks.reduce((sum, { parameters }) => sum + parameters, 0)],
  ],
});

// %% [markdown]
// `buildVGG` does this. It adds the head, batch normalization, and the initialization that you choose,
// and names the layers as the figures above do. This is the network that the next notebook trains with the
// default data: VGG16 with batch normalization, a quarter of the channels, 64 pixels, and the small head.

// %%
import { buildVGG, show } from "vgg";

byHand.dispose();
const options = {
  configuration: "D",
  width: 0.25,
  inputSize: 64,
  classes: 10,
  batchNorm: true,
  convBias: false, // batch normalization has its own bias
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
// The line below the table shows the probabilities for a black image. An untrained network prefers
// nothing: each of the ten classes gets a tenth. And the network has as many parameters as were counted,
// including the averages of batch normalization, which have no gradient:

// %%
const { parameters, nonTrainableParameters } = countVGG(options);
table({
  rows: [
    ["parameters counted", parameters + nonTrainableParameters],
    ["parameters built", built],
  ],
});

// %% [markdown]
// ## Summary
//
// - A VGG block is two to four 3 × 3 convolutions with ReLUs, and one pooling that halves the image.
// - A stack of 3 × 3 filters sees as much as one large filter, with fewer weights and more ReLUs.
// - More layers lowered the error at nearly the same number of parameters, up to 16 weight layers.
// - Parameters are in the fully connected layers, work is in the convolutions, and memory is in the first
//   blocks.
// - The receptive field grows with every layer and twice as fast after every pooling.
//
// ## Exercises
//
// 1. How many 3 × 3 layers replace one 11 × 11 filter, and how many weights does that save for
//    $C = 96$? Is it still worth it for the very first layer, which has only three channels in?
//
//    <details><summary>Solution</summary>
//
//    Five layers, since $1 + 5 \cdot 2 = 11$, with $45\,C^2$ weights instead of $121\,C^2$: 63 % are saved.
//    In the first layer only one of the five has three channels in, so the stack has about ten times the
//    weights of the single filter.
//
//    ```ts
//    const [five, eleven] = ([[5, 3], [1, 11]] as const).map(([layers, kernelSize]) =>
//      countStack({ kernelSize, layers, channels: 96 }).weights
//    );
//    table({
//      columns: ["for", "5 × (3 × 3)", "1 × (11 × 11)"],
//      rows: [
//        ["96 channels in and out", five!, eleven!],
//        ["3 channels in, 96 out", 9 * 3 * 96 + 4 * 9 * 96 ** 2, 121 * 3 * 96],
//      ],
//    });
//    ```
//
//    </details>
//
// 2. Table 1 of the paper has no network with 5 × 5 filters. Count the one that its authors tested: B with
//    each pair of 3 × 3 layers replaced by one 5 × 5 layer.
//
//    <details><summary>Solution</summary>
//
//    Each of the five blocks has one layer with $25\,C\,C' + C'$ parameters. The blocks of B have
//    $9\,C\,C' + C' + 9\,C'^2 + C'$.
//
//    ```ts
//    const channels = [3, 64, 128, 256, 512, 512];
//    const single = channels.slice(1).map((to, index) => 25 * channels[index]! * to + to);
//    const pairs = countVGG({ configuration: "B" }).layers.filter(({ name }) => /conv/.test(name));
//    table({
//      columns: ["convolutions of B", "parameters"],
//      rows: [
//        ["in pairs of 3 × 3", pairs.reduce((sum, { parameters }) => sum + parameters, 0)],
//        ["each pair one 5 × 5", single.reduce((a, b) => a + b)],
//      ],
//    });
//    ```
//
//    </details>
//
// 3. At which `inputSize` does VGG16 need four times the multiply-adds of 224 pixels? And four times
//    the parameters? Try `countVGG` with the paper's head and with the small one, and explain the
//    difference.
//
//    <details><summary>Solution</summary>
//
//    The work of the convolutions grows with the area, so at 448 pixels. The parameters of convolutions
//    do not depend on the image; only `fc1` grows with the area, so the paper's head has four times the
//    parameters between 480 and 512 pixels, and the small head never.
//
//    ```ts
//    table({
//      columns: ["px", "multiply-adds, G", "parameters", "with the small head"],
//      rows: [224, 448, 480, 512].map((inputSize) => {
//        const { macs, parameters } = countVGG({ inputSize });
//        return [inputSize, (macs / 1e9).toFixed(1), parameters, countVGG({
//          inputSize,
//          head: "small",
//        }).parameters];
//      }),
//    });
//    ```
//
//    </details>
//
// 4. Draw the receptive fields of VGG19. Does its last unit see all of the image?
//
//    <details><summary>Solution</summary>
//
//    The field of the last pooling is larger than 224 pixels, so a unit in the middle sees all of the
//    image. A unit in a corner does not: half of its field lies outside.
//
//    ```ts
//    const fields19 = receptiveFields({ configuration: "E" });
//    const ends19 = fields19.filter(({ name }) => name.endsWith("_pool"));
//    await show(`${fields19.at(-1)!.size} of 224 pixels`);
//    receptiveFieldsFigure(await imageTile(image), ends19, { title: "VGG19" });
//    ```
//
//    </details>
//
// 5. Change `network` in the first cell to 32 pixels and ten classes, CIFAR-10's, and run the notebook
//    again. What happens to the fields, and what does a 3 × 3 filter see in block 5?
//
//    <details><summary>Solution</summary>
//
//    The fields stay the same, because they do not depend on the image; from the layer that this cell
//    names on, they are larger than it. In block 5 the maps are 2 × 2, so a 3 × 3 filter sees the whole map and otherwise zeros.
//
//    ```ts
//    const tiny = fields.find(({ size }) => size > 32)!;
//    `${tiny.name} is the first layer that sees more than 32 pixels; block 5 has maps of ${32 / 2 ** 4} px`;
//    ```
//
//    </details>
