import {
  type ConfigurationName,
  configurations,
  type Convolution,
} from "../../vgg/configurations.ts";

/** The convolutions of a configuration, block by block. */
export function convolutionsOf(configuration: ConfigurationName): Convolution[][] {
  return configurations[configuration].map((block) =>
    block.filter((part): part is Convolution => part.kind === "convolution")
  );
}

/** The configuration whose convolutions have kernels of such sides; the first one that fits. */
export function configurationOf(sides: readonly number[]): ConfigurationName | undefined {
  const names = Object.keys(configurations) as ConfigurationName[];
  return names.find((name) =>
    String(convolutionsOf(name).flat().map(({ kernelSize }) => kernelSize)) === String(sides)
  );
}

/**
 * Whether convolutions are those of a net of the paper, at any width: the sides of their kernels, each one's
 * input channels, and the proportions of their filters.
 *
 * @param kernels The kernels' shapes in PyTorch's layout, `[out, in, height, width]`.
 */
export function isTrunk(kernels: readonly (readonly number[])[]): boolean {
  const configuration = configurationOf(kernels.map(([, , side]) => side!));
  if (!configuration || kernels.some(([, , height, width]) => height !== width)) return false;
  const chained = kernels.every(([, inputs], index) =>
    index === 0 || inputs === kernels[index - 1]![0]
  );
  return chained && haveOneWidth(kernels.map(([filters]) => filters!), filtersOf(configuration));
}

/** The filters of a configuration's convolutions at width 1. */
export function filtersOf(configuration: ConfigurationName): number[] {
  return convolutionsOf(configuration).flat().map(({ channels }) => channels);
}

/** Whether one factor gives all counts, which are rounded and at least 1, from those of the paper. */
export function haveOneWidth(counts: readonly number[], paper: readonly number[]): boolean {
  const min = counts.map((count, index) => count === 1 ? 0 : (count - 0.5) / paper[index]!);
  const max = counts.map((count, index) => (count + 0.5) / paper[index]!);
  return Math.max(...min) <= Math.min(...max);
}
