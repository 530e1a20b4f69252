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

/** Max-pooling over 2×2 within a block, which then has none at its end. */
export interface EarlyPooling {
  /** The kind of layer. */
  readonly kind: "max_pooling";
}

/** The layers between two max-poolings. */
export type VGGBlock = readonly (Convolution | ResponseNormalization)[];

/** The layers of a block of any network that can be built. */
export type NetworkBlock = readonly (VGGBlock[number] | EarlyPooling)[];

/** The names of the columns in the paper's table 1. */
export type ConfigurationName = "A" | "A-LRN" | "B" | "C" | "D" | "E";

const conv3 = (channels: number): Convolution => ({ kind: "convolution", kernelSize: 3, channels });
const conv1 = (channels: number): Convolution => ({ kind: "convolution", kernelSize: 1, channels });
const pool: EarlyPooling = { kind: "max_pooling" };
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

/** The names of all networks that can be built: the paper's, and `S`. */
export type NetworkName = ConfigurationName | "S";

/**
 * The paper's networks, and `S` for small images such as CIFAR-10's: three blocks, each pooled after its
 * first convolution, where that halves the arithmetic of the second (Jordan 2024, arXiv 2404.00498).
 */
export const networks: Readonly<Record<NetworkName, readonly NetworkBlock[]>> = {
  ...configurations,
  S: [
    [conv3(64), pool, conv3(64)],
    [conv3(256), pool, conv3(256)],
    [conv3(256), pool, conv3(256)],
  ],
};
