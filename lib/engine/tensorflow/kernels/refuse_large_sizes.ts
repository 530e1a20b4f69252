import { OptionError } from "../../../errors.ts";
import { tf } from "../../tf.ts";

/** The largest int32: tfjs-node passes shapes and other sizes to TensorFlow as int32. */
const maxSize = 2 ** 31 - 1;

/** The attributes that are sizes without being lists. */
const sizes = new Set(["depth", "k", "numSegments", "size", "blockSize", "num"]);

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
        return kernelFunc(args);
      },
    });
  }
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

function hasLarge(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasLarge);
  return typeof value === "number" && Number.isFinite(value) &&
    (value > maxSize || value < -maxSize - 1);
}
