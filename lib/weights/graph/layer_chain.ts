import { WeightsError } from "../errors.ts";
import type { FileFacts } from "../file_content.ts";
import type { LayersInOrder } from "../name_layers.ts";
import type { StoredArray } from "../weights_file.ts";
import { preprocessingOfChannels } from "./image_origin.ts";
import { inOrder } from "./in_order.ts";
import { Layer } from "./layer.ts";
import { LayerSequence } from "./layer_sequence.ts";
import { channelsLast, channelValues, type Tensor } from "./tensors.ts";
import { type FeatureValue, type ImageValue, OtherLayer } from "./values.ts";

type Data = ImageValue | FeatureValue;

/**
 * The layers of a net in the order in which the image goes through them. Readers of graphs call one method
 * for each node; everything that a VGG net does not have throws {@linkcode OtherLayer}.
 */
export class LayerChain extends LayerSequence {
  readonly notes: string[] = [];
  readonly #others: string[] = [];
  #side: number | undefined;
  #facts: FileFacts = {};

  /** @param inputSize The side of the image, if the graph says it. */
  constructor(inputSize: number | undefined) {
    super();
    this.#side = inputSize;
    if (inputSize !== undefined) this.#facts = { inputSize };
  }

  /** The side of the maps here, if it is known. */
  get side(): number | undefined {
    return this.#side;
  }

  /**
   * Adds a convolution with stride 1.
   *
   * @param kernel With TensorFlow's layout.
   * @param same Whether it keeps the size; otherwise it has no padding.
   */
  convolve(
    input: Data,
    { name, kernel, bias, same }: {
      name: string;
      kernel: StoredArray;
      bias?: StoredArray | undefined;
      same: boolean;
    },
  ): FeatureValue {
    const [height = 0, width = 0, channels = 0, filters = 0] = kernel.shape;
    if (height !== width) throw new OtherLayer(`its kernel is ${height}×${width}`);
    if (input.kind === "image") {
      if (this.layers.length > 0) throw new OtherLayer("the net has branches");
      if (input.channels.length !== channels) {
        throw new OtherLayer(`it reads ${channels} channels of ${input.channels.length}`);
      }
      this.#facts = { ...this.#facts, ...preprocessingOfChannels(input.channels, this.notes) };
    } else this.requireLast(input);
    const isWhole = this.#side === height || this.units !== undefined;
    if (input.kind === "features" && isWhole && (!same || height === 1 && this.units)) {
      // A convolution over the whole map, or of 1×1 behind one, is a fully connected layer.
      const rows = { ...kernel, shape: [height * width * channels, filters] };
      this.add(new Layer("dense", name, { kernel: rows, bias }));
      this.#side = 1;
      return this.next(input.axes);
    }
    if (!same) throw new OtherLayer("it has no padding");
    if (this.units !== undefined) throw new OtherLayer("it follows a fully connected layer");
    this.add(new Layer("convolution", name, { kernel, bias }));
    return this.next(input.axes);
  }

  /**
   * Adds a fully connected layer.
   *
   * @param kernel Of shape [inputs, units], its rows in the order of the flattened maps.
   */
  connect(
    input: FeatureValue,
    { name, kernel, bias }: { name: string; kernel: Tensor; bias?: StoredArray | undefined },
  ): FeatureValue {
    if (!/^N[CF]$/.test(input.axes)) {
      throw new OtherLayer("it multiplies maps that are not flattened");
    }
    this.requireLast(input);
    const channels = this.layers.at(-1)?.units ?? 1;
    const inputs = kernel.shape[0]!;
    const fits = input.axes === "NF" ? inputs % channels === 0 : inputs === channels;
    if (!fits) throw new WeightsError(`${name} of ${inputs} inputs reads ${channels} channels`);
    const isChannelsFirst = input.flattened === "CHW" && inputs > channels;
    const rows = isChannelsFirst ? channelsLast(kernel, channels) : kernel;
    this.add(new Layer("dense", name, { kernel: rows, bias }));
    return this.next("NC");
  }

  /** Multiplies or shifts each channel by a constant. */
  async adjust(
    input: FeatureValue,
    constant: Tensor,
    how: "multiply" | "add",
  ): Promise<FeatureValue> {
    const layer = this.requireLinear(input);
    const axes = input.axes === "NF" ? "NC" : input.axes;
    layer[how](await channelValues(constant, axes, layer.units));
    return this.next(input.axes);
  }

  /** Adds batch normalization. */
  normalize(
    input: FeatureValue,
    arrays: readonly [StoredArray, StoredArray, StoredArray, StoredArray],
    epsilon: number,
  ): FeatureValue {
    const layer = this.requireLinear(input);
    if (layer.kind === "dense" || layer.epsilon !== undefined) {
      throw new OtherLayer("batch normalization that does not follow a convolution");
    }
    const [gamma, beta, moving_mean, moving_variance] = arrays;
    layer.normalize({ gamma, beta, moving_mean, moving_variance }, epsilon);
    return this.next(input.axes);
  }

  rectify(input: FeatureValue): FeatureValue {
    this.requireLast(input);
    const layer = this.layers.at(-1)!;
    layer.activated = true;
    return this.next(input.axes);
  }

  /** Adds a 2×2 max pooling. */
  pool(input: FeatureValue, roundsUp: boolean): FeatureValue {
    this.requireLast(input);
    if (this.units !== undefined || !/[HW]/.test(input.axes)) {
      throw new OtherLayer("it follows a fully connected layer");
    }
    if (roundsUp && (this.#side ?? 1) % 2 === 1) {
      if (this.#side !== undefined) throw new OtherLayer(`it rounds ${this.#side} px up`);
      this.notes.push("its poolings round odd sides up; here they are rounded down");
    }
    this.poolings.push(this.layers.length);
    if (this.#side !== undefined) this.#side = Math.floor(this.#side / 2);
    return this.next(input.axes);
  }

  /** Averages over the whole maps. */
  average(input: FeatureValue, axes = "NC"): FeatureValue {
    this.requireLast(input);
    this.#side = 1;
    return this.next(axes);
  }

  /** Changes the order or the number of dimensions, or nothing. */
  pass(input: FeatureValue, axes = input.axes, flattened = input.flattened): FeatureValue {
    this.requireLast(input);
    return { ...this.next(axes), ...(flattened === undefined ? {} : { flattened }) };
  }

  /** Leaves a layer without weights out. */
  skip(input: FeatureValue, about: string): FeatureValue {
    this.notes.push(`its ${about} is left out`);
    return this.pass(input);
  }

  /** Ends the net with the classes' probabilities. */
  classify(input: FeatureValue, activation: "softmax" | "sigmoid"): FeatureValue {
    const layer = this.requireLinear(input);
    if (activation === "sigmoid" && layer.units > 1) {
      this.notes.push(
        `its ${layer.units} outputs are independent (sigmoid); here their softmax is computed`,
      );
    }
    this.#facts = { ...this.#facts, activation };
    return this.next(input.axes);
  }

  /** Whether the classes' probabilities are computed, behind which nothing more is read. */
  get isClassified(): boolean {
    return this.#facts.activation !== undefined;
  }

  /** Leaves out a layer behind the convolutions, which makes the head another one than a VGG's. */
  addOther(about: string): void {
    this.#others.push(about);
  }

  /**
   * Returns the layers and what else the graph says.
   *
   * @param epsilon What the net's batch normalization adds, if its description says it.
   * @throws {WeightsError} If the convolutions and the poolings are of no VGG net.
   */
  finish(epsilon?: number): { layers: LayersInOrder; facts: FileFacts } {
    const own = this.layers.find((layer) => layer.epsilon !== undefined)?.epsilon;
    const layers = inOrder(this.layers, {
      poolings: this.poolings,
      others: this.#others,
      epsilon: epsilon ?? own ?? 0,
    });
    const facts = {
      ...this.#facts,
      ...(own === undefined ? {} : { batchNormEpsilon: own }),
      ...(this.notes.length > 0 ? { notes: this.notes } : {}),
    };
    return { layers, facts };
  }
}
