import * as tf from "@tensorflow/tfjs-core";
import { normalizeBytes } from "../../data/augment/normalize.ts";
import { copySquare } from "../../data/images/copy_pixels.ts";
import type { Grid } from "../../explain/grid.ts";
import { resolveVGGOptions } from "../../vgg/options.ts";
import { type LayerPlan, planVGG } from "../../vgg/plan.ts";
import type { DemoData } from "../demo_data.ts";

/** An image's prediction. The caller disposes it. */
export interface Answer {
  /** In the order of the classes. */
  readonly probabilities: Float32Array;
  /** Grad-CAM of a class: as large as the last convolution's maps. */
  explain(label: number): Promise<Grid>;
  dispose(): void;
}

/** A network in the browser: the layers of `planVGG` as TensorFlow.js's operations. */
export class DemoNet {
  readonly #data: DemoData;
  readonly #weights: ReadonlyMap<string, tf.Tensor>;
  readonly #trunk: readonly LayerPlan[];
  readonly #head: readonly LayerPlan[];

  /** @param weights Kernels and biases by their names. */
  constructor(data: DemoData, weights: ReadonlyMap<string, tf.Tensor>) {
    this.#data = data;
    this.#weights = weights;
    const layers = planVGG(resolveVGGOptions(data.network));
    // Grad-CAM weights the maps before the last pooling, as `cutNetwork` cuts by default.
    const last = layers.findLastIndex(({ kind }) =>
      kind === "max_pooling" || kind === "global_max_pooling"
    );
    this.#trunk = layers.slice(0, last);
    this.#head = layers.slice(last);
  }

  /** @param bytes RGB, of the input's size. */
  async predict(bytes: Uint8Array<ArrayBuffer>): Promise<Answer> {
    const [maps, units] = tf.tidy(() => {
      const maps = this.#apply(this.#trunk, this.#input(bytes)).at(-1) as tf.Tensor4D;
      return [maps, this.#apply(this.#head, maps)] as const;
    });
    const logits = await units.at(-1)!.data() as Float32Array;
    const { classes, flip } = this.#data;
    const softmaxes = [...new Array(flip ? 2 : 1).keys()].map((image) =>
      softmax(logits.subarray(image * classes.length, (image + 1) * classes.length))
    );
    return {
      probabilities: softmaxes[0]!.map((_, label) =>
        softmaxes.reduce((sum, each) => sum + each[label]!, 0) / softmaxes.length
      ),
      explain: (label) => this.#explain(maps, units, label),
      dispose: () => tf.dispose([maps, units]),
    };
  }

  /** The image, normalized, and its mirror image if predictions are averaged. */
  #input(bytes: Uint8Array<ArrayBuffer>): tf.Tensor4D {
    const { flip, normalization, network: { inputSize: side } } = this.#data;
    const from = { data: bytes, width: side, left: 0, top: 0 };
    const mirrored = { ...from, data: new Uint8Array(bytes.length) };
    copySquare(from, mirrored, side, true);
    const images = flip ? [bytes, mirrored.data] : [bytes];
    const floats = new Float32Array(images.length * bytes.length);
    images.forEach((image, at) =>
      normalizeBytes(image, floats.subarray(at * bytes.length), normalization)
    );
    return tf.tensor4d(floats, [images.length, side, side, 3]);
  }

  /** The outputs of layers, without those that do nothing in a prediction. */
  #apply(layers: readonly LayerPlan[], input: tf.Tensor): tf.Tensor[] {
    const outputs: tf.Tensor[] = [];
    let x = input;
    for (const plan of layers) {
      x = this.#layer(plan, x);
      outputs.push(x);
    }
    return outputs;
  }

  #layer(plan: LayerPlan, x: tf.Tensor): tf.Tensor {
    const maps = x as tf.Tensor4D;
    switch (plan.kind) {
      case "convolution":
      case "whitening":
        return tf.fused.conv2d({
          x: maps,
          filter: this.#weight(plan, "kernel") as tf.Tensor4D,
          strides: 1,
          pad: plan.kind === "convolution" ? "same" : "valid",
          bias: this.#weight(plan, "bias"),
          activation: plan.kind === "convolution" && plan.relu ? "relu" : "linear",
        });
      case "gelu":
        return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
      case "relu":
        return tf.relu(x);
      case "dense":
        return tf.fused.matMul({
          a: x as tf.Tensor2D,
          b: this.#weight(plan, "kernel") as tf.Tensor2D,
          bias: this.#weight(plan, "bias"),
          activation: plan.activation === "relu" ? "relu" : "linear",
        });
      case "local_response_normalization":
        return tf.localResponseNormalization(maps, 2, 2, 1e-4, 0.75);
      case "max_pooling":
        return tf.maxPool(maps, 2, 2, "valid");
      case "flatten":
        return tf.reshape(x, [x.shape[0]!, -1]);
      case "global_average_pooling":
        return tf.mean(x, [1, 2]);
      case "global_max_pooling":
        return tf.max(x, [1, 2]);
      case "dropout":
        return tf.reshape(x, x.shape);
      default:
        throw new Error(`${plan.kind} must be part of a convolution`);
    }
  }

  #weight({ name }: LayerPlan, weight: "kernel" | "bias"): tf.Tensor {
    return this.#weights.get(`${name}/${weight}`)!;
  }

  /**
   * Follows the gradient of a class's score down to the pooled maps. Each of them goes to one place of the
   * maps, so its sum over all places, which is all that Grad-CAM needs, is known without following it there.
   */
  async #explain(maps: tf.Tensor4D, units: readonly tf.Tensor[], label: number): Promise<Grid> {
    const [, height, width, channels] = maps.shape;
    const heat = tf.tidy(() => {
      const score = new Float32Array(this.#data.classes.length);
      score[label] = 1;
      let gradient: tf.Tensor = tf.tensor2d(score, [1, score.length]);
      for (const [at, plan] of [...this.#head.entries()].reverse()) {
        if (plan.kind !== "dense") continue;
        if (plan.activation === "relu") {
          const output = tf.slice(units[at]!, [0, 0], [1, -1]);
          gradient = tf.mul(gradient, tf.step(output));
        }
        const b = this.#weight(plan, "kernel") as tf.Tensor2D;
        gradient = tf.fused.matMul({ a: gradient as tf.Tensor2D, b, transposeB: true });
      }
      // Flattened maps have a gradient for each place; averages and maxima have their sum.
      const sums = tf.sum(tf.reshape(gradient, [-1, channels]), 0);
      const first = tf.slice(maps, [0, 0, 0, 0], [1, -1, -1, -1]);
      const weighted = tf.mul(first, tf.mul(sums, 1 / (height * width)));
      return tf.relu(tf.sum(weighted, 3));
    });
    const values = await heat.data() as Float32Array;
    heat.dispose();
    return { width, height, channels: 1, values };
  }
}

function softmax(logits: Float32Array): Float32Array {
  const max = logits.reduce((largest, value) => Math.max(largest, value), -Infinity);
  const powers = logits.map((value) => Math.exp(value - max));
  const sum = powers.reduce((total, value) => total + value, 0);
  return powers.map((value) => value / sum);
}
