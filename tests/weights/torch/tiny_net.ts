import { product, Tensor } from "./write_torch.ts";

/** The numbers 0, 1, 2 … modulo 1000, as a tensor of 32-bit floats. */
export function counting(shape: readonly number[]): Tensor {
  const values = Float32Array.from({ length: product(shape) }, (_, index) => index % 1000);
  return new Tensor(shape, new Uint8Array(values.buffer));
}

/** The filters of VGG11's convolutions at width 1/32, and their places in torchvision's `features`. */
const filters = [2, 4, 8, 8, 16, 16, 16, 16];
const places = [0, 3, 6, 8, 11, 13, 16, 18];
const placesWithBatchNorm = [0, 4, 8, 11, 15, 18, 22, 25];

/** The fully connected layers of VGG11 for 32 px at that width, and their places in `classifier`. */
const head: readonly (readonly [number, number, number])[] = [
  [0, 16, 128],
  [3, 128, 128],
  [6, 128, 5],
];

/** The convolutions of a tiny VGG11 by torchvision's names, with `counting` numbers. */
export function features(batchNorm = false): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  filters.forEach((count, index) => {
    const place = (batchNorm ? placesWithBatchNorm : places)[index]!;
    tensors.set(`features.${place}.weight`, counting([count, filters[index - 1] ?? 3, 3, 3]));
    tensors.set(`features.${place}.bias`, counting([count]));
    if (!batchNorm) return;
    for (const name of ["weight", "bias", "running_mean", "running_var"]) {
      tensors.set(`features.${place + 1}.${name}`, counting([count]));
    }
    const batches = new Uint8Array(8);
    tensors.set(
      `features.${place + 1}.num_batches_tracked`,
      new Tensor([], batches, { type: "LongStorage" }),
    );
  });
  return tensors;
}

/** The fully connected layers by torchvision's names. */
export function classifier(layers = head): Map<string, Tensor> {
  return new Map(layers.flatMap(([place, inputs, units]) => [
    [`classifier.${place}.weight`, counting([units, inputs])],
    [`classifier.${place}.bias`, counting([units])],
  ]));
}

/** The state dictionary of a tiny VGG11 for 32 px with 5 classes. */
export function stateDict(batchNorm = false): Map<string, Tensor> {
  return new Map([...features(batchNorm), ...classifier()]);
}

/** A dictionary with other names. */
export function renamed<Value>(
  dictionary: ReadonlyMap<string, Value>,
  rename: (name: string) => string,
): Map<string, Value> {
  return new Map([...dictionary].map(([name, value]) => [rename(name), value]));
}
