// %% [markdown]
// # 5 · Misclassified images: look at them
//
// Numbers tell how often a network is wrong. Only the images tell *why*. Looking at a few dozen
// mistakes is the cheapest experiment in this whole trade, and the one most often skipped. You
// find wrong labels, images that nobody could name, and, now and then, what the network really looks
// at. This notebook lays the mistakes out, sorts them in three ways, and asks whether the network
// could have known that it was wrong.

// %%
import { evaluate, loadOrTrain, notebookSettings, watchEvaluation } from "vgg";

const settings = notebookSettings({ data: "drawn10" }); // or "cifar10", "imagenette160", a folder
Deno.chdir(settings.folder); // the project folder: data/ and runs/ are there
const run = await loadOrTrain(settings);

// %%
const { classes, top1, split, data } = await evaluate(run, watchEvaluation());
const predictions = await run.predictions();
const wrong = predictions.filter(({ actual, predicted }) => actual !== predicted);
`${wrong.length} of ${predictions.length} ${split} images of ${data?.name} are misclassified`;

// %% [markdown]
// ## The most confident mistakes
//
// The article shows four misclassified images with both labels. Here are eight, the most confident
// first.
// The probability that the network gave to a class stands in brackets behind it.

// %%
import { galleryFigure, loadDataset, mostConfidentMistakes, predictionTiles } from "vgg";

const dataset = await loadDataset(settings.data, {
  ...settings.load,
  classes: classes.map(({ id }) => id),
});
const mostConfident = mostConfidentMistakes(predictions).slice(0, 8);
galleryFigure(await predictionTiles(dataset, mostConfident), {
  title: "The most confident mistakes",
  columns: 4,
});

// %% [markdown]
// Go through them one by one, and give each a reason: *could go either way*, *badly lit or cut off*,
// *too small*, *wrong label*, or *no idea*. The last heap is the interesting one. In the default data
// the lookalikes were drawn on purpose, with backgrounds that say little, and you will find them
// among these.
//
// ## Top losses
//
// Sure and wrong is one order. The loss is another: $-\ln p_y$ asks how little the network gave to the
// *right* class, whatever it said instead. It also finds images that were right by a hair.

// %%
import { table } from "vgg";

const name = (label: number) => classes[label]!.name.split(",")[0]!;
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const losses = predictions
  .map((prediction) => ({
    ...prediction,
    loss: -Math.log(prediction.probabilities[prediction.actual]!),
  }))
  .sort((one, other) => other.loss - one.loss);

// %%
table({
  columns: ["actual", "predicted", "probability of the actual", "loss"],
  rows: losses.slice(0, 8).map(({ actual, predicted, probabilities, loss }) => {
    return [name(actual), name(predicted), percent(probabilities[actual]!), loss.toFixed(2)];
  }),
});

// %% [markdown]
// A few images make much of the loss. That is worth knowing before you tune anything: how large is the
// share of the hardest tenth?

// %%
const total = losses.reduce((sum, { loss }) => sum + loss, 0);
const hardest = losses.slice(0, Math.round(losses.length / 10));
const share = hardest.reduce((sum, { loss }) => sum + loss, 0) / total;
`The hardest tenth of the images makes ${percent(share)} of the loss.`;

// %% [markdown]
// ## The narrow ones
//
// At the other end are the images that the network nearly got right, or nearly wrong: the two best
// classes are almost equal. The gap between the two is called the **margin**.

// %%
const marginOf = (probabilities: readonly number[]) => {
  const [first, second] = probabilities.toSorted((a, b) => b - a);
  return first! - second!;
};
const narrow = wrong
  .toSorted((a, b) => marginOf(a.probabilities) - marginOf(b.probabilities))
  .slice(0, 4);
galleryFigure(await predictionTiles(dataset, narrow), {
  title: "The narrowest mistakes",
});

// %% [markdown]
// At which place does the right class stand, over all mistakes? Where it is mostly the second, the
// network knows more than its top-1 says:

// %%
const rankOf = ({ actual, probabilities }: typeof wrong[number]) =>
  probabilities.filter((other) => other > probabilities[actual]!).length + 1;
const ranks = wrong.map(rankOf);
table({
  columns: ["place of the right class", "mistakes"],
  rows: [2, 3, 4, 5].map((place) => [String(place), ranks.filter((rank) => rank === place).length]),
  foot: ["all", wrong.length],
});

// %% [markdown]
// ## Did it know?
//
// A network that says 90 % should be right nine times in ten. If it is, it is **calibrated**, and its
// mistakes at least come with a warning. The reliability diagram sorts all predictions by how sure
// the network was, and shows for each bin how often it was right. Bars below the dotted diagonal mean
// that it was too sure, bars above it that it was too modest.

// %%
import { calibrationOf, reliabilityFigure } from "vgg";

const calibration = calibrationOf(predictions);
reliabilityFigure(calibration, { subtitle: `${predictions.length} ${split} images` });

// %%
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const confidenceOf = (some: typeof predictions) =>
  mean(some.map(({ predicted, probabilities }) => probabilities[predicted]!));
table({
  rows: [
    ["accuracy", percent(top1)],
    ["mean confidence", percent(confidenceOf(predictions))],
    ["mean confidence where it is wrong", percent(confidenceOf(wrong))],
    ["mean distance over the bins", percent(calibration.expectedError)],
  ],
});

// %% [markdown]
// Networks trained to the end on hard labels are usually too sure (Guo et al. 2017). This one had its
// labels smoothed, by a tenth: it was told never to give more than 91 %, and the confidences show it.
//
// Where a network is less sure when it is wrong, you can let it *refuse*. Answer only above a threshold,
// and pass the rest on to a person:

// %%
table({
  columns: ["answer only above", "answered", "of those right"],
  rows: [0, 0.5, 0.6, 0.7, 0.8].map((threshold) => {
    const answered = predictions.filter(({ predicted, probabilities }) =>
      probabilities[predicted]! >= threshold
    );
    const right = answered.filter(({ actual, predicted }) => actual === predicted);
    const rate = answered.length === 0 ? "–" : percent(right.length / answered.length);
    return [percent(threshold), percent(answered.length / predictions.length), rate];
  }),
});

// %% [markdown]
// ## Look twice
//
// The paper averages each prediction with that of the mirrored image, and so did the evaluation
// above. It costs a second look and nothing else. How many mistakes did it mend?

// %%
import { loadModel, tf } from "vgg";
import { type Batch, batches, makeAugment, prepareImages } from "vgg/data";

const { fit, normalization } = run.record.data;
const prepare = makeAugment({ kind: "none" }, normalization);
const look = (model: tf.LayersModel, batch: Batch) =>
  tf.tidy(() => {
    const images = prepare(batch, 0);
    const plain = model.predict(images) as tf.Tensor2D;
    const mirrored = model.predict(tf.reverse(images, 2)) as tf.Tensor2D;
    return [plain, plain.add(mirrored)].map((sum) => [...sum.argMax(-1).dataSync()]);
  });

// %%
const model = await loadModel(run);
const images = split === "test" ? dataset.test! : dataset.validation;
const prepared = await prepareImages(images, fit);
const looks: { label: number; once: number; twice: number }[] = [];
for await (const batch of batches(prepared, { batchSize: 50 })) {
  const [once, twice] = look(model, batch);
  batch.labels.forEach((label, at) => looks.push({ label, once: once![at]!, twice: twice![at]! }));
}
model.dispose();
`${looks.length} images, each seen twice`;

// %%
const count = (some: (look: typeof looks[number]) => boolean) => looks.filter(some).length;
table({
  rows: [
    ["right at one look", count(({ label, once }) => once === label)],
    ["right at two", count(({ label, twice }) => twice === label)],
    ["mistakes mended", count(({ label, once, twice }) => once !== label && twice === label)],
    ["spoiled", count(({ label, once, twice }) => once === label && twice !== label)],
  ],
});

// %% [markdown]
// A second look costs no training. The paper took this further. For configuration D its tables show
// what looking more, at more scales, is worth in top-5 error: 8.8 % at one scale (table 3, training
// side 256), 8.1 % when trained at mixed scales (table 3), 7.5 % when tested at three scales as well
// (table 4), and 7.2 % with crops and the whole image averaged (table 5).
//
// ## What to do about mistakes
//
// - **Wrong labels**: mend them. In validation data they put a ceiling on every network.
// - **Lookalikes**: more data of just those classes, or larger images. What is not in 64 pixels cannot
//   be learned from them.
// - **Odd light, odd angle**: augmentation that makes such images.
// - **No idea**: ask what the network looked at. Cover parts of the image and see when the
//   answer changes, as in the third exercise.
//
// ## Exercises
//
// 1. Show twenty of the most confident mistakes, and sort them into the heaps above. Which heap is
//    the largest, and what would you do about it?
// 2. Write the gallery of the *rightly* classified images with the smallest margin. Would you have been
//    sure?
// 3. Take one mistake, cover a 16 × 16 patch of it with gray at each of 16 places, and predict each
//    version with `model.predict` (load the model again: it was disposed of). Which patch matters most
//    (Zeiler & Fergus 2014)?
// 4. Train with `changes: { labelSmoothing: 0 }` and draw the reliability diagram again.
// 5. Choose a threshold so that 99 % of the answers are right. Choose it on one half of the validation
//    images, and check it on the other. Does it hold?
