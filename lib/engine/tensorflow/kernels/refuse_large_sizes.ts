import { OptionError } from "../../../errors.ts";
import { tf } from "../../tf.ts";

/** The largest int32: tfjs-node passes shapes and other sizes to TensorFlow as int32. */
const maxSize = 2 ** 31 - 1;

/** The attributes that are sizes without being lists. */
const sizes = new Set([
  ...["depth", "k", "numSegments", "size", "blockSize", "num", "numSamples"],
  ...["pad", "padWidth", "filterSize", "strides", "dilations", "outputRaggedRank"],
]);

/**
 * Makes every kernel of the backend refuse shapes and sizes that do not fit into an int32: converted to
 * int32, 2³² + 2 would silently become 2. Call it once, after all kernels are registered.
 */
export function refuseLargeSizes(): void {
  for (const kernel of tf.getKernelsForBackend("tensorflow")) {
    const { kernelName, backendName, kernelFunc } = kernel;
    tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      ...kernel,
      kernelFunc: (args) => {
        requireSizes(kernelName, args.attrs);
        if (kernelName === "Range") requireLength(args.attrs);
        return kernelFunc(args);
      },
    });
  }
}

/** Makes a backend refuse such shapes of tensors that are made from JavaScript's values. */
export function refuseLargeShapes(backend: Writer): void {
  const write = backend.write.bind(backend);
  backend.write = (values, shape, dtype) => {
    requireSizes("a tensor", { shape });
    return write(values, shape, dtype);
  };
}

interface Writer {
  write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object;
}

/** @throws {OptionError} If a shape or a size among a kernel's attributes is too large. */
function requireSizes(kernelName: string, attributes: tf.NamedAttrMap | undefined): void {
  for (const name in attributes) {
    const value: unknown = attributes[name];
    const isSize = Array.isArray(value) || sizes.has(name);
    if (isSize && hasLarge(value)) {
      throw new OptionError(
        `${kernelName}: ${name} must be from ${-maxSize - 1} to ${maxSize}. ` +
          `Received: ${JSON.stringify(value)}`,
      );
    }
  }
}

/** @throws {OptionError} If a range has too many numbers, or an end that would wrap around. */
function requireLength(attributes: tf.NamedAttrMap | undefined): void {
  const { start, stop, step, dtype } = attributes as unknown as RangeAttributes;
  const length = Math.ceil(Math.abs((stop - start) / step));
  if (length <= maxSize && !(dtype === "int32" && [start, stop, step].some(hasLarge))) return;
  throw new OptionError(
    `Range: it must have at most ${maxSize} numbers${dtype === "int32" ? " of 32 bits" : ""}. ` +
      `Received: from ${start} to ${stop} by ${step}`,
  );
}

interface RangeAttributes {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
  readonly dtype: string;
}

function hasLarge(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasLarge);
  return typeof value === "number" && Number.isFinite(value) &&
    (value > maxSize || value < -maxSize - 1);
}
