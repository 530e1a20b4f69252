import type { Augment } from "../data/augment/mod.ts";
import { compile, type Compiled, type Precision } from "../engine/compile.ts";
import { tf } from "../engine/tf.ts";
import { type LossGradients, lossGradients } from "./loss_gradients.ts";
import { weightName } from "../weights/weights.ts";
import type { Recipe } from "./recipes.ts";
import { SGD } from "./sgd.ts";

/** What a step works with. */
export interface TrainingStepOptions {
  readonly recipe: Pick<
    Recipe,
    "batchSize" | "momentum" | "nesterov" | "weightDecay" | "clipNorm" | "labelSmoothing"
  >;
  /** Its second half, on the engine, is part of the step. */
  readonly augment: Augment;
  readonly precision: Precision;
  /** The most images that go through the net at once. */
  readonly microBatch: number;
  /** The first layers of a net that is a chain, which stay as they are. Default: none. */
  readonly frozen?: readonly tf.layers.Layer[];
}

/** What a step is given each time. */
export interface StepInput {
  /** What `augment.draw` made of the batch. */
  readonly drawn: readonly tf.Tensor[];
  /** Class indices. */
  readonly labels: ArrayLike<number>;
  readonly rate: number;
  /** Two int32 numbers that decide this step's dropout. */
  readonly seed: readonly [number, number];
}

/** What a step gave: the mean loss of its batch, and how many images were right. */
export interface StepResult {
  readonly loss: number;
  readonly correct: number;
}

/**
 * One step of training: augmentation, forward and backward pass and update, compiled where the engine
 * can. It ends on another thread where there is one, so that the event loop goes on meanwhile.
 *
 * A batch larger than `microBatch` goes through in parts whose gradients add up to the same mean, so
 * that a batch of 256 large images needs no more memory than a few; only the statistics of batch
 * normalization are then a part's own.
 */
export class TrainingStep {
  readonly #microBatch: number;
  readonly #optimizer: SGD;
  readonly #whole: Compiled<StepArguments, tf.Tensor>;
  readonly #inParts: StepInParts | undefined;
  /** What changes from step to step beside the weights, by the names of these. */
  readonly velocities: ReadonlyMap<string, tf.Variable>;

  /** @param model Gives logits. */
  constructor(model: tf.LayersModel, options: TrainingStepOptions) {
    const { recipe, augment, precision, microBatch, frozen = [] } = options;
    const trained = model.layers.filter((layer) => !frozen.includes(layer)).flatMap((layer) =>
      layer.trainableWeights.map((weight) => ({ name: weightName(layer, weight), weight }))
    );
    const variables = trained.map(({ weight }) => weight.read() as tf.Variable);
    const { labelSmoothing } = recipe;
    const backward: Backward = (labels, seed, drawn) =>
      lossGradients(model, variables, {
        images: augment.apply(drawn),
        labels,
        seed,
        labelSmoothing,
        frozen,
      });
    const optimizer = new SGD(variables, recipe);
    this.velocities = new Map(
      trained.map(({ name }, index) => [name, optimizer.velocities[index]!]),
    );
    this.#microBatch = microBatch;
    this.#optimizer = optimizer;
    this.#whole = compile((labels, seed, rate, ...drawn) => {
      const { gradients, summary } = backward(labels, seed, drawn);
      optimizer.apply(gradients, rate);
      return summary;
    }, { precision });
    if (microBatch < recipe.batchSize) {
      this.#inParts = new StepInParts(variables, backward, optimizer, precision);
    }
  }

  /** Updates the model. What it is given stays the caller's. */
  async run({ drawn, labels, rate, seed }: StepInput): Promise<StepResult> {
    const tensors = tf.tidy(() => ({
      labels: tf.tensor1d(Int32Array.from(labels), "int32"),
      seed: tf.tensor1d([...seed], "int32"),
      rate: tf.scalar(rate),
    }));
    try {
      if (this.#inParts && labels.length > this.#microBatch) {
        return await this.#inParts.run({ ...tensors, drawn }, this.#microBatch);
      }
      return await read(this.#whole.aside(tensors.labels, tensors.seed, tensors.rate, ...drawn));
    } finally {
      tf.dispose(tensors);
    }
  }

  dispose(): void {
    this.#whole.dispose();
    this.#inParts?.dispose();
    this.#optimizer.dispose();
  }
}

/** Labels, the seed of dropout, a number (the rate, or a part's share), and what was drawn. */
type StepArguments = readonly [tf.Tensor1D, tf.Tensor1D, tf.Scalar, ...tf.Tensor[]];

type Backward = (
  labels: tf.Tensor1D,
  seed: tf.Tensor1D,
  drawn: readonly tf.Tensor[],
) => LossGradients;

/** A step whose gradients add up in variables of their own before they are applied. */
class StepInParts {
  readonly #sums: readonly tf.Variable[];
  readonly #part: Compiled<StepArguments, tf.Tensor>;
  readonly #update: Compiled<readonly [tf.Scalar], tf.Tensor[]>;

  constructor(
    variables: readonly tf.Variable[],
    backward: Backward,
    optimizer: SGD,
    precision: Precision,
  ) {
    const sums = variables.map((variable) =>
      tf.tidy(() => tf.variable(tf.zerosLike(variable), false))
    );
    this.#sums = sums;
    this.#part = compile((labels, seed, share, ...drawn) => {
      const { gradients, summary } = backward(labels, seed, drawn);
      sums.forEach((sum, index) => sum.assign(sum.add(gradients[index]!.mul(share))));
      return summary;
    }, { precision });
    this.#update = compile((rate) => {
      optimizer.apply(sums, rate);
      for (const sum of sums) sum.assign(tf.zerosLike(sum));
      return [];
    });
  }

  async run(
    { labels, seed, rate, drawn }: {
      readonly labels: tf.Tensor1D;
      readonly seed: tf.Tensor1D;
      readonly rate: tf.Scalar;
      readonly drawn: readonly tf.Tensor[];
    },
    most: number,
  ): Promise<StepResult> {
    const batch = labels.size;
    let [loss, correct] = [0, 0];
    for (let start = 0; start < batch; start += most) {
      const length = Math.min(most, batch - start);
      const share = tf.scalar(length / batch);
      const own = labels.slice(start, length);
      const parts = drawn.map((tensor) => tensor.slice(start, length));
      try {
        const result = await read(this.#part.aside(own, seed, share, ...parts));
        loss += result.loss * length / batch;
        correct += result.correct;
      } finally {
        tf.dispose([share, own, ...parts]);
      }
    }
    await this.#update.aside(rate);
    return { loss, correct };
  }

  dispose(): void {
    this.#part.dispose();
    this.#update.dispose();
    tf.dispose([...this.#sums]);
  }
}

async function read(summary: Promise<tf.Tensor>): Promise<StepResult> {
  const tensor = await summary;
  const [loss, correct] = await tensor.data<"float32">();
  tensor.dispose();
  return { loss: loss!, correct: correct! };
}
