import type { tf } from "../engine/tf.ts";
import { OptionError } from "../errors.ts";
import { type NetworkName, networks } from "./configurations.ts";

/** The distribution of a kernel. Its fans are the numbers of its inputs and outputs: side × side × channels. */
export type Distribution =
  /** N(0, variance 2 / fan in), He et al. 2015. */
  | "he"
  /** Uniform within ±√(6 / (fan in + fan out)), Glorot & Bengio 2010; Keras's default. */
  | "glorot"
  /** N(0, variance 10⁻²), section 3.1 of the paper. The activations of the deeper networks explode. */
  | "paper"
  /**
   * The first filters of a kernel are the identity, one channel each (PyTorch's `dirac_`), so that
   * convolutions pass their input on; the other filters and the first layer are `"he"`. For networks with
   * batch normalization.
   */
  | "dirac";

/**
 * Initialization from a shallower network: its first four convolutions and its fully connected layers are
 * copied if name and shape agree; the other layers are drawn from `others`, by default `"he"`.
 */
export interface InitializeFrom {
  /** The shallower network; it stays the caller's. */
  from: tf.LayersModel;
  /** The distribution of the layers that are not copied. */
  others?: Distribution;
}

/** A normal distribution around zero. */
export interface NormalDistribution {
  /** A positive number. */
  standardDeviation: number;
}

/** The options of `buildVGG` and `countVGG`; every option has a default. */
export interface VGGOptions {
  /** The column of the paper's table 1, or `"S"` for small images. Default `"D"`, known as VGG16. */
  configuration?: NetworkName;
  /** The side of the square input in pixels, an integer of at least 32. Default 224. */
  inputSize?: number;
  /** Channels of the input. Default 3. */
  channels?: number;
  /** Units of the last layer. Default 1000. */
  classes?: number;
  /** Batch normalization between each convolution and its ReLU. Default false. */
  batchNorm?: boolean;
  /** The fraction of the moving averages that a training step keeps. Default 0.99, as in Keras. */
  batchNormMomentum?: number;
  /** Added to the variance. Default 0.001, as in Keras. */
  batchNormEpsilon?: number;
  /** Whether batch normalization has a trained scale, gamma. Default true. */
  batchNormScale?: boolean;
  /** What follows each convolution. Default `"relu"`. */
  nonlinearity?: "relu" | "gelu";
  /**
   * Whether the first layer is a {@linkcode Whitening} of 2×2 patches. Its filters are random until `train`
   * computes them from the training images. Default false.
   */
  whitening?: boolean;
  /** A factor on the channels of all convolutions and on the 4096 units. Default 1. */
  width?: number;
  /**
   * The dropout rate after each hidden layer of the head (in the other heads after the pooling); 0 for
   * none. Default 0.5; in the other heads 0.
   */
  dropout?: number;
  /**
   * `"4096-4096"` is the paper's head; `"small"` is global average pooling followed by the classes,
   * `"max"` global max-pooling followed by the classes. Default `"4096-4096"`.
   */
  head?: "4096-4096" | "small" | "max";
  /** Whether convolutions have a bias, which batch normalization makes redundant. Default true. */
  convBias?: boolean;
  /**
   * The paper's L2 penalty: kernels get a regularizer whose gradient is `weightDecay · kernel`, for
   * TensorFlow.js's own `fit`. This library's `train` has it in the recipe instead. Default 0.
   */
  weightDecay?: number;
  /** The initial kernels. Default `"he"`. Biases are initially zero. */
  initializer?: Distribution | InitializeFrom;
  /** The initial kernel of the last layer. Default `"same"`: like the others. */
  classifierInitializer?: "same" | Distribution | NormalDistribution;
  /** The seed of the initial weights, an integer. Default 42. */
  seed?: number;
  /** The activation of the last layer; `"linear"` gives logits, which training uses. Default `"softmax"`. */
  activation?: "softmax" | "linear";
}

/** `VGGOptions` with every default filled in. */
export type ResolvedVGGOptions = Required<VGGOptions>;

const defaults: Omit<ResolvedVGGOptions, "dropout"> = {
  configuration: "D",
  inputSize: 224,
  channels: 3,
  classes: 1000,
  batchNorm: false,
  batchNormMomentum: 0.99,
  batchNormEpsilon: 1e-3,
  batchNormScale: true,
  nonlinearity: "relu",
  whitening: false,
  width: 1,
  head: "4096-4096",
  convBias: true,
  weightDecay: 0,
  initializer: "he",
  classifierInitializer: "same",
  seed: 42,
  activation: "softmax",
};

/**
 * Fills in the defaults and validates every option.
 *
 * @throws {OptionError} If an option is unknown or its value is not allowed; one line names both.
 */
export function resolveVGGOptions(options: VGGOptions = {}): ResolvedVGGOptions {
  const defined = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  );
  const names = [...Object.keys(defaults), "dropout"];
  const unknown = Object.keys(defined).find((key) => !names.includes(key));
  ensure(unknown === undefined, `VGG options must be of ${names.join(", ")}`, unknown);
  const dropout = (defined.head ?? defaults.head) === "4096-4096" ? 0.5 : 0;
  const resolved: ResolvedVGGOptions = { dropout, ...defaults, ...defined };
  checkArchitecture(resolved);
  checkInitialization(resolved);
  return resolved;
}

function checkArchitecture(options: ResolvedVGGOptions): void {
  oneOf("configuration", Object.keys(networks), options.configuration);
  integer("inputSize", 32, options.inputSize);
  integer("channels", 1, options.channels);
  integer("classes", 1, options.classes);
  oneOf("batchNorm", [true, false], options.batchNorm);
  const { batchNormMomentum: momentum, batchNormEpsilon: epsilon } = options;
  ensure(isFraction(momentum), "batchNormMomentum must be from 0 to 1", momentum);
  ensure(positive(epsilon), "batchNormEpsilon must be a positive number", epsilon);
  oneOf("batchNormScale", [true, false], options.batchNormScale);
  oneOf("nonlinearity", ["relu", "gelu"], options.nonlinearity);
  oneOf("whitening", [true, false], options.whitening);
  ensure(positive(options.width), "width must be a positive number", options.width);
  const dropoutAllowed = isFraction(options.dropout) && options.dropout < 1;
  ensure(dropoutAllowed, "dropout must be at least 0 and less than 1", options.dropout);
  oneOf("head", ["4096-4096", "small", "max"], options.head);
  oneOf("convBias", [true, false], options.convBias);
  const { weightDecay } = options;
  const allowed = Number.isFinite(weightDecay) && weightDecay >= 0;
  ensure(allowed, "weightDecay must be a number of at least 0", weightDecay);
  oneOf("activation", ["softmax", "linear"], options.activation);
}

function checkInitialization(options: ResolvedVGGOptions): void {
  const distributions = ["he", "glorot", "paper", "dirac"];
  const { initializer, classifierInitializer: classifier, seed } = options;
  if (typeof initializer === "object" && initializer !== null) {
    const { from } = initializer;
    const isModel = typeof from?.getLayer === "function";
    const received = typeof from === "object" ? "an object without layers" : from;
    ensure(isModel, "initializer.from must be a tf.LayersModel", received);
    oneOf("initializer.others", [undefined, ...distributions], initializer.others);
  } else {
    oneOf("initializer", [...distributions, "{ from: model }"], initializer);
  }
  if (typeof classifier === "object" && classifier !== null) {
    const deviation = classifier.standardDeviation;
    const rule = "classifierInitializer.standardDeviation must be a positive number";
    ensure(positive(deviation), rule, deviation);
  } else {
    const allowed = ["same", ...distributions, "{ standardDeviation: number }"];
    oneOf("classifierInitializer", allowed, classifier);
  }
  ensure(Number.isSafeInteger(seed), "seed must be an integer", seed);
}

function integer(name: string, min: number, value: unknown): void {
  const allowed = Number.isSafeInteger(value) && Number(value) >= min;
  ensure(allowed, `${name} must be an integer of at least ${min}`, value);
}

function oneOf(name: string, allowed: readonly unknown[], value: unknown): void {
  const list = allowed.filter((item) => item !== undefined).join(", ");
  ensure(allowed.includes(value), `${name} must be one of ${list}`, value);
}

function positive(value: unknown): boolean {
  return Number.isFinite(value) && Number(value) > 0;
}

/** Whether a value is a number from 0 to 1. */
function isFraction(value: unknown): boolean {
  return Number.isFinite(value) && Number(value) >= 0 && Number(value) <= 1;
}

function ensure(allowed: boolean, rule: string, value: unknown): void {
  if (allowed) return;
  const shown = typeof value === "object" ? JSON.stringify(value) : String(value);
  throw new OptionError(`${rule}. Received: ${shown}`);
}
