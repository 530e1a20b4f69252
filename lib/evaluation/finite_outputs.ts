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
  let wrong: number | undefined;
  // Holes of a list are left out.
  outputs.forEach((value: number) => wrong ??= Number.isFinite(value) ? undefined : value);
  if (wrong === undefined) return;
  throw new WeightsError(
    `the net's outputs for ${image} must be finite numbers. Received: ${wrong}, since ` +
      `${
        weights === undefined ? "its weights" : `the weights ${weights}`
      } or the normalization are ` +
      "out of range",
  );
}
