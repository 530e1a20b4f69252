/** One convolution with stride 1 and padding that keeps the size, followed by ReLU. */
export interface Convolution {
  /** The kind of layer. */
  readonly kind: "convolution";
  /** The side of the square kernel. */
  readonly kernelSize: 1 | 3;
  /** Output channels at width 1. */
  readonly channels: number;
}

/** Local response normalization across channels. */
export interface ResponseNormalization {
  /** The kind of layer. */
  readonly kind: "local_response_normalization";
}

/** The layers between two max-poolings. */
export type VGGBlock = readonly (Convolution | ResponseNormalization)[];

/** The names of the columns in the paper's table 1. */
export type ConfigurationName = "A" | "A-LRN" | "B" | "C" | "D" | "E";

const conv3 = (channels: number): Convolution => ({ kind: "convolution", kernelSize: 3, channels });
const conv1 = (channels: number): Convolution => ({ kind: "convolution", kernelSize: 1, channels });
const lrn: ResponseNormalization = { kind: "local_response_normalization" };

/**
 * The six networks of the paper (table 1). Each has five blocks; a block ends with a 2×2 max-pooling. The
 * fully connected head is the same for all. D is known as VGG16, E as VGG19.
 *
 * @example
 * ```ts
 * import { configurations } from "vgg";
 * configurations.D.map((block) => block.length); // [2, 2, 3, 3, 3]
 * ```
 */
export const configurations: Readonly<Record<ConfigurationName, readonly VGGBlock[]>> = {
  A: [
    [conv3(64)],
    [conv3(128)],
    [conv3(256), conv3(256)],
    [conv3(512), conv3(512)],
    [conv3(512), conv3(512)],
  ],
  "A-LRN": [
    [conv3(64), lrn],
    [conv3(128)],
    [conv3(256), conv3(256)],
    [conv3(512), conv3(512)],
    [conv3(512), conv3(512)],
  ],
  B: [
    [conv3(64), conv3(64)],
    [conv3(128), conv3(128)],
    [conv3(256), conv3(256)],
    [conv3(512), conv3(512)],
    [conv3(512), conv3(512)],
  ],
  C: [
    [conv3(64), conv3(64)],
    [conv3(128), conv3(128)],
    [conv3(256), conv3(256), conv1(256)],
    [conv3(512), conv3(512), conv1(512)],
    [conv3(512), conv3(512), conv1(512)],
  ],
  D: [
    [conv3(64), conv3(64)],
    [conv3(128), conv3(128)],
    [conv3(256), conv3(256), conv3(256)],
    [conv3(512), conv3(512), conv3(512)],
    [conv3(512), conv3(512), conv3(512)],
  ],
  E: [
    [conv3(64), conv3(64)],
    [conv3(128), conv3(128)],
    [conv3(256), conv3(256), conv3(256), conv3(256)],
    [conv3(512), conv3(512), conv3(512), conv3(512)],
    [conv3(512), conv3(512), conv3(512), conv3(512)],
  ],
};
