import type { Normalization } from "../data/augment/mod.ts";
import type { LayersInOrder } from "./name_layers.ts";
import type { StoredArray } from "./weights_file.ts";

/** The framework whose names and layouts the weights of a file have. */
export type WeightsSource = "vgg" | "keras" | "torchvision" | "onnx";

/** What a file says besides its arrays. All of it is optional. */
export interface FileFacts {
  /** The side of the input in pixels. */
  readonly inputSize?: number;
  /**
   * How pixels (0 to 255, RGB) become the net's input, as layers or nodes before the first convolution or
   * metadata say it. `channelOrder` is the order of the colors in the first kernel; the mean and the
   * deviation are in the order RGB.
   */
  readonly preprocessing?: {
    readonly normalization: Normalization;
    readonly channelOrder: "RGB" | "BGR";
  };
  /** The names of the classes, in the order of the outputs. */
  readonly classes?: readonly string[];
  /** The activation of the last layer: `"sigmoid"` with one output stands for two classes. */
  readonly activation?: "softmax" | "sigmoid" | "linear";
  /** What batch normalization adds to the variance. */
  readonly batchNormEpsilon?: number;
  /** The part of its moving averages that batch normalization keeps in a step of training. */
  readonly batchNormMomentum?: number;
  /** What was left out, assumed or replaced, one line each. */
  readonly notes?: readonly string[];
}

/** The result of a format's reader: named arrays, or unnamed layers. */
export interface FileContent extends Partial<Disposable> {
  /** The file's own names. */
  readonly names: Iterable<string>;
  /** Arrays with this library's names and layouts. */
  readonly arrays?: ReadonlyMap<string, StoredArray>;
  /** Returns the layers in the net's order; called once, before `facts` is read. */
  readonly layers?: () => LayersInOrder;
  /** The file's metadata; empty if its format has none. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly facts?: FileFacts;
}
