import type { tf } from "../engine/tf.ts";
import { OptionError } from "../errors.ts";
import { type ConfigurationName, configurations } from "./configurations.ts";

/** How a kernel is drawn. Fans count a kernel's inputs or outputs: side × side × channels. */
export type Distribution =
  /** N(0, variance 2 / fan in), He et al. 2015. */
  | "he"
  /** Uniform within ±√(6 / (fan in + fan out)), Glorot & Bengio 2010; Keras's default. */
  | "glorot"
  /** N(0, variance 10⁻²), section 3.1 of the paper. It blows up in the deeper networks. */
  | "paper"
  /**
   * Convolutions hand their input on: the first filters of a kernel are the identity, one channel
   * each (PyTorch's `dirac_`), but in the first layer, which has only colours; the rest is He's. For
   * networks with batch normalization.
   */
  | "dirac";

/**
 * Initialisation from a shallower network: its first four convolutions and its fully connected
 * layers are copied where block, name and shape agree; `others` (default `"he"`) draws the rest.
 */
export interface InitializeFrom {
  from: tf.LayersModel;
  others?: Distribution;
}

/** A normal distribution around zero. */
export interface NormalDistribution {
  standardDeviation: number;
}

/** What `buildVGG` and `countVGG` take; every setting has a default. */
export interface VGGOptions {
  /** Column of the paper's table 1. Default `"D"`, known as VGG16. */
  configuration?: ConfigurationName;
  /** Side of the square input in pixels, an integer of at least 32. Default 224. */
  inputSize?: number;
  /** Channels of the input. Default 3. */
  channels?: number;
  /** Units of the last layer. Default 1000. */
  classes?: number;
  /** Batch normalization between each convolution and its ReLU. Default false. */
  batchNorm?: boolean;
  /** Share of the moving averages that a training step keeps. Default 0.99, as in Keras. */
  batchNormMomentum?: number;
  /** Added to the variance. Default 0.001, as in Keras. */
  batchNormEpsilon?: number;
  /** Factor on the channels of all convolutions and on 4096. Default 1. */
  width?: number;
  /**
   * Rate of dropout after each hidden layer of the head (after the pooling in the small one), 0 for
   * none. Default 0.5; 0 in the small head.
   */
  dropout?: number;
  /**
   * `"4096-4096"`: the paper's; `"small"`: global average pooling, then the classes. Default
   * `"4096-4096"`.
   */
  head?: "4096-4096" | "small";
  /** Whether convolutions have a bias. Default true; batch normalization makes it redundant. */
  convBias?: boolean;
  /**
   * The paper's L2 penalty: kernels get a regularizer whose gradient is `weightDecay · kernel`, for
   * TensorFlow.js's own `fit`. This library's `train` takes it as its recipe's decay instead. Default 0.
   */
  weightDecay?: number;
  /** How convolutions and fully connected layers start. Default `"he"`. Biases start at zero. */
  initializer?: Distribution | InitializeFrom;
  /** How the last layer starts. Default `"same"`: as `initializer` says. */
  classifierInitializer?: "same" | Distribution | NormalDistribution;
  /** Seed of the initial weights, an integer. Default 42. */
  seed?: number;
  /**
   * Activation of the last layer; `"linear"` gives logits, which training uses. Default
   * `"softmax"`.
   */
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
 * Fills in the defaults and checks every value.
 *
 * @throws {OptionError} For an unknown option or a value that is not allowed: one line that names
 * both.
 */
export function resolveVGGOptions(options: VGGOptions = {}): ResolvedVGGOptions {
  const given = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  );
  const known = [...Object.keys(defaults), "dropout"];
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  ensure(unknown === undefined, `A VGG option is one of ${known.join(", ")}`, unknown);
  const dropout = given.head === "small" ? 0 : 0.5;
  const resolved: ResolvedVGGOptions = { dropout, ...defaults, ...given };
  checkArchitecture(resolved);
  checkInitialisation(resolved);
  return resolved;
}

function checkArchitecture(options: ResolvedVGGOptions): void {
  oneOf("configuration", Object.keys(configurations), options.configuration);
  integer("inputSize", 32, options.inputSize);
  integer("channels", 1, options.channels);
  integer("classes", 1, options.classes);
  oneOf("batchNorm", [true, false], options.batchNorm);
  const { batchNormMomentum: momentum, batchNormEpsilon: epsilon } = options;
  ensure(within(momentum, 0, 1), "batchNormMomentum must be from 0 to 1", momentum);
  ensure(positive(epsilon), "batchNormEpsilon must be a positive number", epsilon);
  ensure(positive(options.width), "width must be a positive number", options.width);
  const dropoutAllowed = within(options.dropout, 0, 1) && options.dropout < 1;
  ensure(dropoutAllowed, "dropout must be at least 0 and less than 1", options.dropout);
  oneOf("head", ["4096-4096", "small"], options.head);
  oneOf("convBias", [true, false], options.convBias);
  const { weightDecay } = options;
  const allowed = Number.isFinite(weightDecay) && weightDecay >= 0;
  ensure(allowed, "weightDecay must be a number of at least 0", weightDecay);
  oneOf("activation", ["softmax", "linear"], options.activation);
}

function checkInitialisation(options: ResolvedVGGOptions): void {
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

function integer(name: string, least: number, value: unknown): void {
  const allowed = Number.isSafeInteger(value) && Number(value) >= least;
  ensure(allowed, `${name} must be an integer of at least ${least}`, value);
}

function oneOf(name: string, allowed: readonly unknown[], value: unknown): void {
  const list = allowed.filter((item) => item !== undefined).join(", ");
  ensure(allowed.includes(value), `${name} must be one of ${list}`, value);
}

function positive(value: unknown): boolean {
  return Number.isFinite(value) && Number(value) > 0;
}

function within(value: unknown, least: number, most: number): boolean {
  return Number.isFinite(value) && Number(value) >= least && Number(value) <= most;
}

function ensure(allowed: boolean, rule: string, value: unknown): void {
  if (allowed) return;
  const shown = typeof value === "object" ? JSON.stringify(value) : String(value);
  throw new OptionError(`${rule}. Received: ${shown}`);
}
