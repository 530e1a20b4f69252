import { WeightsError } from "../weights/errors.ts";

/**
 * Checks the outputs of a net for an image.
 *
 * @param weights Says whose they are: `runs/mine/weights/best.safetensors`.
 * @throws {WeightsError} If one is NaN or infinite. (Weights that are so are refused when they are read.)
 */
export function requireFiniteOutputs(
  outputs: Float32Array | readonly number[],
  image: string,
  weights?: string,
): void {
  const wrong = outputs.find((value) => !Number.isFinite(value));
  if (wrong === undefined) return;
  throw new WeightsError(
    `the net's outputs for ${image} must be finite numbers. Received: ${wrong}, since ` +
      `${
        weights === undefined ? "its weights" : `the weights ${weights}`
      } or the normalization are ` +
      "out of range",
  );
}
