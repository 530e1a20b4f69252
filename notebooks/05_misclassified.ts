// %% [markdown]
// # 5 · Misclassified images: look at them
//
// Numbers tell how often a network is wrong. Only the images tell *why*. Looking at a few dozen
// mistakes is the cheapest experiment in this trade, and the one most often skipped. You find wrong
// labels, images that nobody could name, and, now and then, what the network really looks at. This
// notebook shows the mistakes, sorts them in three ways, and asks whether the network could have known
// that it was wrong.
//
// - **Goals**: find the mistakes and the labels that are worth a look, tell a mistake that was close from
//   one that was not, and say whether the network's confidence can be trusted.
// - **Time**: about 1 minute on two cores, and 4 more of training if no run is there yet.
// - **Prerequisites**: [4 · The confusion matrix](04_confusion_matrix.ipynb).
// - **Links**: previous [4 · The confusion matrix](04_confusion_matrix.ipynb),
//   next [6 · Beyond VGGNet](06_beyond_vggnet.ipynb),
//   [the article](https://github.com/anejad/Convolutional-Neural-Network-Champions),
//   [the paper](https://arxiv.org/abs/1409.1556)

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
// The article shows four misclassified images with both labels. Here are four, the most confident
// first. In brackets is the probability that the network gave to the class.

// %%
import { galleryFigure, loadDataset, mostConfidentMistakes, predictionTiles } from "vgg";

const dataset = await loadDataset(settings.data, {
  ...settings.load,
  classes: classes.map(({ id }) => id),
});
const mostConfident = mostConfidentMistakes(predictions).slice(0, 4);
galleryFigure(await predictionTiles(dataset, mostConfident), {
  title: "The most confident mistakes",
  columns: 4,
});

// %% [markdown]
// Go through them one by one, and give each a reason: *could be either*, *badly lit or cut off*,
// *too small*, *wrong label*, or *no idea*.

// %%
settings.data === "drawn10"
  ? "drawn10 has lookalikes, drawn on purpose before backgrounds that say little. Find them above."
  : "The last heap is the interesting one.";

// %% [markdown]
// For those with *no idea*, ask the network. **Grad-CAM** shows the places of an image that speak for a
// class; the stronger the color, the more. Where nothing does, the image is unchanged. Here it is for the
// first mistake: for the class that was predicted, and for the correct one.
// [Notebook 7](07_look_inside.ipynb) explains how it works and how far to trust it.

// %%
import { explanationRows, explanationsFigure } from "vgg/figures";
import { openNet } from "vgg/weights";

const net = await openNet(run.directory);
const asked = { classes: ["predicted", "actual"] } as const;
explanationsFigure(await explanationRows(net, dataset, mostConfident.slice(0, 1), asked), {
  title: "What speaks for the predicted and for the correct class",
});

// %% [markdown]
// ## Top losses
//
// Confident and wrong is one order. The loss is another: $-\ln p_y$ grows the less probability the network
// gave to the *right* class, whatever it predicted instead. A high loss is often a wrong label, and an image
// may be here that was right, but only just. These are the highest losses without the four images above:

// %%
import { topLosses } from "vgg/explain";

const losses = topLosses(predictions, predictions.length);
const above = new Set(mostConfident.map(({ id }) => id));
const others = losses.filter(({ id }) => !above.has(id)).slice(0, 4);
galleryFigure(await predictionTiles(dataset, others), { title: "Further images with a high loss" });

// %% [markdown]
// A few images often make up much of the loss. That is worth knowing before you tune anything. How large is
// the share of the hardest tenth?

// %%
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const total = losses.reduce((sum, { loss }) => sum + loss, 0);
const hardest = losses.slice(0, Math.round(losses.length / 10));
const share = hardest.reduce((sum, { loss }) => sum + loss, 0) / total;
`The hardest tenth of the images makes up ${percent(share)} of the loss.`;

// %% [markdown]
// ## The narrow ones
//
// At the other end are the images that the network got almost right, or almost wrong: the two likeliest
// classes are nearly equal. The difference between the two is called the **margin**.

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
// At which place is the right class among the mistakes? If it is mostly the second, the network knows
// more than its top-1 says:

// %%
import { table } from "vgg";

const rankOf = ({ actual, probabilities }: typeof wrong[number]) =>
  probabilities.filter((other) => other > probabilities[actual]!).length + 1;
const ranks = wrong.map(rankOf);
table({
  columns: ["place of the right class", "mistakes"],
  rows: [2, 3, 4, 5].map((place) => [String(place), ranks.filter((rank) => rank === place).length]),
  foot: ["all", wrong.length],
});

// %% [markdown]
// ## The images behind a cell
//
// Which images are behind a number of the confusion matrix? In the report of `deno task report` a click on the
// cell answers that, on a class, a bar of the calibration, or a pair as well, and the page's address then
// names the place. In a notebook, filter the predictions. These are of the pair that is confused most:

// %%
const cells = Map.groupBy(wrong, ({ actual, predicted }) => `${actual} ${predicted}`);
const fullest = [...cells.values()].toSorted((a, b) => b.length - a.length)[0]!;
const nameOf = (label: number) => classes[label]!.name.split(",")[0]!;
galleryFigure(await predictionTiles(dataset, fullest.slice(0, 4)), {
  title: `${nameOf(fullest[0]!.actual)}, taken for ${nameOf(fullest[0]!.predicted)}: ` +
    `${fullest.length} of ${wrong.length} mistakes`,
});

// %% [markdown]
// ## Did it know?
//
// A network that says 90 % should be right nine times in ten. If it is, it is **calibrated**, and its
// mistakes at least come with a warning. The reliability diagram sorts all predictions by confidence, and
// shows for each bin how often the network was right. Bars below the dotted diagonal mean that it was
// overconfident, bars above it that it was underconfident.

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
// Networks that are trained on hard labels are usually overconfident
// ([Guo et al. 2017](https://arxiv.org/abs/1706.04599)). Smoothed labels work against it. With smoothing by
// $s$ and $K$ classes, the target of the right class is not 1 but $1 - s + s/K$, so more confidence than
// that costs loss. In this run:

// %%
const smoothing = Number(run.record.recipe.labelSmoothing ?? 0);
`target of the right class: ${percent(1 - smoothing + smoothing / classes.length)}`;

// %% [markdown]
// If a network is less confident when it is wrong, you can let it *refuse*: answer only above a threshold,
// and leave the rest to a person.

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
// The paper averages each prediction with that of the mirrored image. So did the evaluation above, if its
// recipe says `flipAtTest`. It costs a second look and no training. How many mistakes does it correct?

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
    ["mistakes corrected", count(({ label, once, twice }) => once !== label && twice === label)],
    ["mistakes added", count(({ label, once, twice }) => once === label && twice !== label)],
  ],
});

// %% [markdown]
// The paper took this further. For configuration D its tables show what more views, at more scales, are
// worth in top-5 error: 8.8 % at one scale (table 3, training side 256), 8.1 % when trained at mixed
// scales (table 3), 7.5 % when tested at three scales as well (table 4), and 7.2 % with crops and the whole
// image averaged (table 5).
//
// ## What to do about mistakes
//
// - **Wrong labels**: correct them. In validation data they limit what any network can reach.
// - **Lookalikes**: more data of just those classes, or larger images. A network cannot learn what its few
//   pixels do not show.
// - **Odd light, odd angle**: augmentation that makes such images.
// - **No idea**: ask what the network looked at ([notebook 7](07_look_inside.ipynb)).
//
// ## Summary
//
// - The most confident mistakes and the highest losses are two lists. Both find wrong labels; the second
//   finds near misses too.
// - The margin tells a close mistake from a clear one, and the place of the right class tells whether
//   the network was on the right track.
// - A network is calibrated if its confidence is its accuracy. Then a threshold can pass hard images to a
//   person.
// - A second, mirrored look is the cheapest way to a few mistakes less.
//
// ## Exercises
//
// 1. Show twenty of the most confident mistakes, and sort them into the heaps above. Which heap is
//    the largest, and what would you do about it?
//
//    <details><summary>Solution</summary>
//
//    The last section has a remedy for each heap. Start with wrong labels: they are the cheapest to correct.
//
//    ```ts
//    galleryFigure(await predictionTiles(dataset, mostConfidentMistakes(predictions).slice(0, 20)), {
//      title: "Twenty mistakes",
//    });
//    ```
//
//    </details>
//
// 2. Show the *correctly* classified images with the smallest margin. Would you have been sure?
//
//    <details><summary>Solution</summary>
//
//    They are next in line to become mistakes, after another training or with another seed.
//
//    ```ts
//    const close = predictions
//      .filter(({ actual, predicted }) => actual === predicted)
//      .sort((a, b) => marginOf(a.probabilities) - marginOf(b.probabilities));
//    galleryFigure(await predictionTiles(dataset, close.slice(0, 8)), { title: "Just right" });
//    ```
//
//    </details>
//
// 3. Take the most confident mistake, cover each of 16 squares of it with gray, and see how the probability
//    of the predicted class changes. Which square matters most (Zeiler & Fergus 2014)?
//
//    <details><summary>Solution</summary>
//
//    `occlusion` does it; red squares are those without which the probability falls.
//
//    ```ts
//    import { occlusion, networkInput } from "vgg/explain";
//    import { imageFinder } from "vgg/data";
//    const [first] = mostConfident;
//    const picture = await imageFinder(dataset)(first!.id)(net.fit);
//    const size = net.network.inputSize / 4;
//    const [drops] = await occlusion(net.model, networkInput(net, [picture]), { size, stride: size });
//    Math.max(...drops!.values).toFixed(3);
//    ```
//
//    </details>
//
// 4. In which classes is the network overconfident? Compute accuracy minus mean confidence for each
//    predicted class.
//
//    <details><summary>Solution</summary>
//
//    A negative difference means overconfidence. With few images per class, it is mostly chance.
//
//    ```ts
//    table({
//      columns: ["predicted class", "accuracy minus confidence"],
//      rows: classes.map(({ name }, label) => {
//        const some = predictions.filter(({ predicted }) => predicted === label);
//        const right = some.filter(({ actual }) => actual === label).length / some.length;
//        return [name, some.length === 0 ? "–" : percent(right - confidenceOf(some))];
//      }),
//    });
//    ```
//
//    </details>
//
// 5. Choose a threshold so that 99 % of the answers are right. Choose it on one half of the images, and
//    check it on the other. Does it hold?
//
//    <details><summary>Solution</summary>
//
//    Often not: it was chosen where it did best. Take the mean over several divisions, or a margin of safety.
//
//    ```ts
//    const rightAbove = (some: typeof predictions, threshold: number) => {
//      const answered = some.filter(({ predicted, probabilities }) =>
//        probabilities[predicted]! >= threshold
//      );
//      const right = answered.filter(({ actual, predicted }) => actual === predicted);
//      return answered.length === 0 ? 1 : right.length / answered.length;
//    };
//    const [even, odd] = [0, 1].map((rest) => predictions.filter((_, at) => at % 2 === rest));
//    const thresholds = Array.from({ length: 100 }, (_, at) => at / 100);
//    const chosen = thresholds.find((threshold) => rightAbove(even!, threshold) >= 0.99) ?? 1;
//    `${percent(chosen)}: ${percent(rightAbove(even!, chosen))}, ${percent(rightAbove(odd!, chosen))}`;
//    ```
//
//    </details>
