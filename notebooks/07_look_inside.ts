// %% [markdown]
// # 7 · Look inside: what the network looks at
//
// A network that is right may be right for the wrong reason, and one that is wrong rarely says why.
// This notebook asks it in three ways. Which places of the image speak for the class? Which pixels?
// And what do the layers on the way respond to? Each method has limits, and some pictures that look like
// an explanation explain nothing. So there is also a test of the methods themselves.
//
// - **Goals**: explain a prediction with Grad-CAM, guided backpropagation and occlusion, know what each
//   of them can and cannot show, and look at filters and feature maps of your own network.
// - **Time**: about 1 minute on two cores, and 4 more of training if no run is there yet.
// - **Prerequisites**: [5 · Misclassified images](05_misclassified.ipynb).
// - **Links**: previous [6 · Beyond VGGNet](06_beyond_vggnet.ipynb),
//   [the article](https://github.com/anejad/Convolutional-Neural-Network-Champions),
//   [the paper](https://arxiv.org/abs/1409.1556)

// %%
import { evaluate, loadOrTrain, notebookSettings, watchEvaluation } from "vgg";

const settings = notebookSettings({ data: "drawn10" }); // or "cifar10", "imagenette160", a folder
const ownImage = ""; // the path of an image of yours, absolute or from the project folder
Deno.chdir(settings.folder); // the project folder: data/ and runs/ are there
const run = await loadOrTrain(settings);

// %%
const { classes, split } = await evaluate(run, watchEvaluation());
const predictions = await run.predictions();
const wrong = predictions.filter(({ actual, predicted }) => actual !== predicted);
`${wrong.length} of ${predictions.length} ${split} images are misclassified`;

// %% [markdown]
// All that follows looks at the two most confident mistakes. (A network with fewer mistakes is asked about
// the images with the highest loss as well.) `openNet` loads the weights of the best epoch together
// with all that prediction needs: the classes, and how an image becomes the network's input.

// %%
import { loadDataset, mostConfidentMistakes } from "vgg";
import { topLosses } from "vgg/explain";
import { openNet } from "vgg/weights";

const ids = classes.map(({ id }) => id);
const dataset = await loadDataset(settings.data, { ...settings.load, classes: ids });
const net = await openNet(run.directory);
const shown = [...mostConfidentMistakes(predictions), ...topLosses(predictions, 2)].slice(0, 2);
const name = (label: number) => classes[label]!.name.split(",")[0]!;
shown.map(({ actual, predicted }) => `${name(actual)}, taken for ${name(predicted)}`).join("; ");

// %% [markdown]
// ## Grad-CAM: which places
//
// The last convolution gives a few dozen to a few hundred **feature maps** $A^k$, each with a value for
// every place of a coarse grid. How much does class $c$ depend on map $k$? Take the gradient of its score
// $y^c$, the number before the softmax, and average it over the $Z$ places of the map:
//
// $$\alpha_k^c = \frac{1}{Z} \sum_{i,j} \frac{\partial y^c}{\partial A_{ij}^k}.$$
//
// Weight the maps with it, add them up, and keep what is positive, for what speaks *against* the class
// is not what we ask for:
//
// $$L^c = \mathrm{ReLU}\Big(\sum_k \alpha_k^c A^k\Big).$$
//
// This is gradient-weighted class activation mapping
// ([Selvaraju et al. 2017](https://arxiv.org/abs/1610.02391)). It needs one forward and one backward pass.
// Here it is in numbers for the first mistake, for the class that the network predicted:

// %%
import { heatmapsFigure } from "vgg";
import { imageFinder } from "vgg/data";
import { gradCAM, networkInput } from "vgg/explain";

const find = imageFinder(dataset); // loads an image by the path that its prediction names
const input = networkInput(net, [await find(shown[0]!.id)(net.fit)]);
const [map] = await gradCAM(net.model, input, { labels: shown[0]!.predicted });
const rows = Array.from({ length: map!.height }, (_, row) => {
  return Array.from(map!.values.subarray(row * map!.width, (row + 1) * map!.width));
});
const title = `for ${name(shown[0]!.predicted)}, ${map!.width} × ${map!.height} places`;
heatmapsFigure([{ name: title, values: rows }], { title: "Grad-CAM" });

// %% [markdown]
// To see where these places are, the map is enlarged to the image and laid over it. The color grows with
// the value, and where nothing speaks for the class, the image is as it was. The bar below tells what the
// strongest color stands for: each map has its own scale. On the left of the two maps, the class that was
// predicted; on the right, the correct one.

// %%
import { explanationRow, explanationRows, explanationsFigure } from "vgg/figures";

const both = await explanationRows(net, dataset, shown, { classes: ["predicted", "actual"] });
explanationsFigure(both, {
  title: "What speaks for the predicted and for the correct class",
  subtitle: "Grad-CAM, last convolution",
});

// %% [markdown]
// Compare the two maps of a row. If they are bright at the same place, the network saw the thing and
// did not know its name. If they are bright at different places, it looked at the wrong thing. And compare
// the ends of the scales: the class with the higher end is the one with more evidence at its best place.
//
// How far can you trust a bright place? The network's side of the story is coarser than the picture.
// A value of the last convolution depends on its whole receptive field:

// %%
import { receptiveFields } from "vgg";

const lastField = receptiveFields(net.network).findLast(({ name }) => !name.endsWith("pool"))!;
const { inputSize } = net.network;
`A place of ${lastField.name} sees ${lastField.size} × ${lastField.size} pixels, ` +
  `and the input has ${inputSize} × ${inputSize}.`;

// %% [markdown]
// Where the field is larger than the image, a bright place *may* owe its value to pixels anywhere, though
// the middle of the field counts most (notebook 1). Grad-CAM says at which place the last layer found
// something, not what it found there.
//
// ## Guided backpropagation: which pixels
//
// The gradient of the score with respect to the *input* has a value for every pixel. It is noisy, since
// each ReLU lets positive and negative contributions through. **Guided backpropagation**
// ([Springenberg et al. 2015](https://arxiv.org/abs/1412.6806)) cleans it up with one change: on the way
// back a ReLU with output $f$ passes only gradients $R$ that are positive,
//
// $$R^{\,l} = [f^{\,l} > 0]\,[R^{\,l+1} > 0]\,R^{\,l+1}.$$
//
// The result is sharp, but has lost the signs that told one class from another. Multiplied by Grad-CAM,
// which is coarse but knows the class, it becomes *guided Grad-CAM*:

// %%
const kinds = ["guided-backpropagation", "guided-grad-cam"] as const;
const first = shown.slice(0, 1);
explanationsFigure(await explanationRows(net, dataset, first, { kinds }), {
  title: "Pixels that speak for the predicted class",
  subtitle: "Gray is zero",
});

// %% [markdown]
// You see outlines and textures that the filters respond to, and they look convincing. Perhaps too
// convincing.
//
// ## A sanity check
//
// An explanation of what a network has *learned* must change when what it learned is erased. So erase it:
// replace the weights by random ones, block by block from the top, and compare each new explanation with
// that of the trained network ([Adebayo et al. 2018](https://arxiv.org/abs/1810.03292)).
// `gridSimilarity` is the rank correlation of the two, without signs: 1 for the same order of places,
// about 0 for unrelated ones.

// %%
import { buildVGG } from "vgg";

// The network with trained weights in its first blocks, and random ones above.
const randomAbove = (blocks: number) => {
  const model = buildVGG({ ...net.network, seed: 1 });
  for (const layer of model.layers) {
    const block = Number(/^block(\d)/.exec(layer.name)?.[1] ?? 6);
    if (block <= blocks) layer.setWeights(net.model.getLayer(layer.name).getWeights());
  }
  return { ...net, model };
};

// %%
import { table } from "vgg";
import { explainImages, type ExplanationKind, gridSimilarity } from "vgg/explain";

const tested: ExplanationKind[] = ["grad-cam", "guided-backpropagation", "guided-grad-cam"];
const inputs = await Promise.all(shown.map(({ id }) => find(id)(net.fit)));
const options = { kinds: tested, labels: shown.map(({ predicted }) => predicted) };
const trained = await explainImages(net, inputs, options);

// %%
const similarities: number[][] = [];
for (const blocks of [5, 4, 3, 2, 1, 0]) {
  const randomized = randomAbove(blocks);
  const explained = await explainImages(randomized, inputs, options);
  randomized.model.dispose();
  similarities.push(tested.map((kind) => {
    const all = explained.map(({ grids }, at) =>
      gridSimilarity(grids.get(kind)!, trained[at]!.grids.get(kind)!)
    );
    return all.reduce((a, b) => a + b, 0) / all.length;
  }));
}

table({
  title: "Similarity to the explanation of the trained network",
  columns: ["trained blocks", ...tested],
  rows: similarities.map((row, at) => [5 - at, ...row.map((value) => value.toFixed(2))]),
});

// %% [markdown]
// Read the column of guided backpropagation downwards and ask at which row it notices. The first row has a
// random *classifier*, which knows no class at all; a method that explains the class should have fallen
// by then. In the paper of the check, Grad-CAM and plain gradients pass it, and guided backpropagation and
// guided Grad-CAM do not: they mostly show what the first layers respond to, which is much like
// an edge detector. Here, in the first row:

// %%
const [gradCAMs, guided] = similarities[0]!;
`With a random classifier, the similarity of guided backpropagation is ${guided!.toFixed(2)}, ` +
  `that of Grad-CAM ${gradCAMs!.toFixed(2)}.`;

// %% [markdown]
// Grad-CAM has few places to order, so its values jump; with other seeds they are others. Keep the rule
// from the table: the sharper picture is not the better explanation.
//
// ## Occlusion: what if it were not there?
//
// The third method needs no gradients. Cover a square of the image with the image's mean color, predict,
// and see how much the probability of the class drops
// ([Zeiler & Fergus 2014](https://arxiv.org/abs/1311.2901), section 4.2):
//
// $$d^c(\text{square}) = p^c(x) - p^c(x \text{ without the square}).$$
//
// A square of a quarter of the image's side, moved by half of its own, has 7 × 7 positions. Red places
// speak for the class: without them its probability falls by as much as the bar says. Blue ones speak
// against it.

// %%
const hidden = { kinds: ["occlusion"], classes: ["predicted", "actual"] } as const;
explanationsFigure(await explanationRows(net, dataset, first, hidden), {
  title: "What the classes lose with a square",
});

// %% [markdown]
// Occlusion is an experiment on the network rather than a formula about it, so its numbers mean what they
// say. Its limits are others. A gray square is itself something to see, and the network was never trained
// on one. Two places that each suffice for the class hide each other: cover either, and nothing happens.
// And it costs a prediction for each square.
//
// ## What the layers respond to
//
// So far a single prediction was explained. Now the network itself. Only the filters of the **first** layer
// can be seen as colors, for only they look at pixels: 3 × 3 of them, with three channels.

// %%
import { firstFilters } from "vgg/explain";
import { firstFiltersFigure } from "vgg/figures";

await firstFiltersFigure(await firstFilters(net.model), {
  subtitle: "3 × 3 pixels each; gray is zero",
});

// %% [markdown]
// Edges have a light and a dark side, and color filters one hue in all cells. Large networks that were
// trained on a million photographs have cleaner filters than a small one after a few epochs. They come so
// close to edges and color contrasts because these are what the neighboring pixels of photographs have in
// common, and that can be computed without any training: as the eigenvectors of all small patches. The
// network `cifar10` of this project starts with such a layer, 2 × 2 pixels each, and never changes it. Its
// order is from the coarse to the fine, and every filter comes a second time with the opposite sign.

// %%
const photographs = await openNet("cifar10"); // in data/weights, trained on 45,000 photographs
await firstFiltersFigure(await firstFilters(photographs.model), {
  title: "Filters that were computed from photographs",
  subtitle: "2 × 2 pixels each; gray is zero",
});

// %% [markdown]
// What filters *do* is easier to see in the feature maps that they make of an image. Here are maps of the
// first mistake, from the ends of block 1 and of block 3:

// %%
import { featureMaps } from "vgg/explain";
import { featureMapsFigure } from "vgg/figures";

const layers = net.model.layers.map(({ name }) => name);
const lastOf = (block: number) =>
  layers.findLast((name) => name.startsWith(`block${block}_`) && !name.endsWith("pool"))!;
const [early] = await featureMaps(net.model, input, lastOf(1));
await featureMapsFigure(early!.slice(0, 8), { subtitle: lastOf(1) });

// %%
const [middle] = await featureMaps(net.model, input, lastOf(3));
await featureMapsFigure(middle!.slice(0, 8), { subtitle: lastOf(3) });

// %% [markdown]
// Each map has its own scale, from 0 (dark) to the number below it. In block 1 the image is still there,
// as edges and areas of a color. In block 3 the maps are coarser, and what lights up is a part rather than
// an outline. Are they sparser as well? This is the share of places that are not zero:

// %%
const active = (maps: typeof early) => {
  const values = maps!.flatMap(({ values }) => [...values]);
  return `${(100 * values.filter((value) => value > 0).length / values.length).toFixed(0)} %`;
};
table({ rows: [[lastOf(1), active(early)], [lastOf(3), active(middle)]] });

// %% [markdown]
// To learn what a channel of a deep layer looks for, ask for the images that excite it most
// (Zeiler & Fergus 2014, section 4.1). `strongestPatches` runs all images of a split through the network
// and cuts out, for each channel, the receptive fields with the highest activations, each from another
// image.

// %%
import { strongestPatches } from "vgg/explain";
import { patchesFigure } from "vgg/figures";

const images = split === "test" ? dataset.test! : dataset.validation;
const patches = await strongestPatches(net, images, lastOf(3), { channels: [0, 1], count: 9 });
await patchesFigure(patches, { subtitle: lastOf(3) });

// %% [markdown]
// What have the patches of a row in common? A name for it comes to mind quickly: *stripes*, *green*,
// *round*. It is a guess, and a test of it would be an image with just that. Rows that seem to mix two
// things are not a mistake of the method: many channels respond to several.
//
// ## An image of your own
//
// Put the path of an image into the cell with the settings, `ownImage`, and run from there. Without one,
// the first image of the evaluation stands in. A photograph is better asked of a network that knows
// photographs: set `asked` to the one above.

// %%
import { decodeImage, type LoadImage } from "vgg/data";

const asked = net; // or photographs
const load: LoadImage = ownImage ? (size) => decodeImage(ownImage, size) : find(predictions[0]!.id);
ownImage || `no image of yours: this is ${predictions[0]!.id} of ${dataset.name}`;

// %%
import { tf } from "vgg";

const own = networkInput(asked, [await load(asked.fit)]);
const probabilities = tf.tidy(() => [...(asked.model.predict(own) as tf.Tensor).dataSync()]);
const likeliest = [...probabilities.keys()].sort((a, b) => probabilities[b]! - probabilities[a]!);
table({
  rows: likeliest.slice(0, 3).map((label) => {
    return [asked.classes[label]!.name, `${(100 * probabilities[label]!).toFixed(1)} %`];
  }),
});

// %%
const captions = [asked.classes[likeliest[0]!]!.name];
const kindsOfOwn = ["grad-cam"] as const; // or more: "occlusion", "guided-grad-cam"
explanationsFigure([await explanationRow(asked, load, { captions, kinds: kindsOfOwn })], {
  title: "What speaks for the likeliest class",
});

// %% [markdown]
// The network knows only its own classes. Show it anything else, and it still names one of them, now and
// then with confidence: it was never taught to say "none of these". The maps tell which part of your
// image it had to make do with.
//
// On the command line, `deno task predict photo.jpg --explain guided` (or `occlusion`) writes the same
// pictures as files, and the report has Grad-CAM beside each mistake.
//
// ## Summary
//
// - Grad-CAM weights the last feature maps by the gradient of a class. It is coarse, and tells classes
//   apart.
// - Guided backpropagation is sharp, and tells more about the first layers than about the class. Random
//   weights show it.
// - Occlusion measures what the prediction loses. It is slow, and blind to parts that replace each other.
// - Filters, feature maps and strongest patches show what the layers respond to. Names for that are
//   guesses until tested.
// - An explanation is a hint where to look next: at the data, at the labels, at another image.
//
// ## Exercises
//
// 1. Grad-CAM works at any convolution. Draw it at the last one of block 3. What becomes finer, and what
//    is lost?
//
//    <details><summary>Solution</summary>
//
//    The map has four times as many places along each side. It is less about the class: the maps there
//    are about parts, and the average gradient says little about them.
//
//    ```ts
//    explanationsFigure(await explanationRows(net, dataset, shown, { layer: lastOf(3) }));
//    ```
//
//    </details>
//
// 2. Does the size of the hidden square matter? Compute `occlusion` for the first mistake with squares of
//    an eighth of the side, and compare it with the default by `gridSimilarity`.
//
//    <details><summary>Solution</summary>
//
//    The two agree only in part. Small squares find small decisive parts, and miss whatever is large.
//
//    ```ts
//    import { occlusion } from "vgg/explain";
//    const labels = shown[0]!.predicted;
//    const [large] = await occlusion(net.model, input, { labels });
//    const [small] = await occlusion(net.model, input, { labels, size: inputSize / 8 });
//    gridSimilarity(large!, small!);
//    ```
//
//    </details>
//
// 3. Make the sanity check harsher: use random *labels* instead of random weights. Compare the
//    explanations of the predicted class with those of the class that comes next in the list.
//
//    <details><summary>Solution</summary>
//
//    Guided backpropagation changes less than Grad-CAM: it is less about the class.
//
//    ```ts
//    const next = options.labels.map((label) => (label + 1) % classes.length);
//    const others = await explainImages(net, inputs, { kinds: tested, labels: next });
//    table({
//      columns: ["method", "similarity"],
//      rows: tested.map((kind) => [
//        kind,
//        gridSimilarity(others[0]!.grids.get(kind)!, trained[0]!.grids.get(kind)!).toFixed(2),
//      ]),
//    });
//    ```
//
//    </details>
//
// 4. Is every channel of the last convolution used? Count the channels of `lastOf(5)` that are zero
//    everywhere for the first mistake.
//
//    <details><summary>Solution</summary>
//
//    A channel that is zero for one image may be active for another class. One that is zero for all images is
//    dead: it could be removed.
//
//    ```ts
//    const [deep] = await featureMaps(net.model, input, lastOf(5));
//    const silent = deep!.filter(({ values }) => values.every((value) => value === 0)).length;
//    `${silent} of ${deep!.length} channels`;
//    ```
//
//    </details>
