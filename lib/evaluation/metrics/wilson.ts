/** The 97.5 % quantile of the standard normal distribution: 95 % of it lies within ± this. */
const z95 = 1.959963984540054;

/**
 * Computes Wilson's 95 % confidence interval of a proportion, such as an accuracy of `correct` out of
 * `total` images. Unlike the normal approximation it stays within 0 and 1 and is reliable for few
 * images (Wilson 1927).
 *
 * @returns The lower and the upper end; `[0, 1]` if `total` is 0.
 *
 * @example
 * ```ts
 * import { wilsonInterval } from "vgg";
 *
 * wilsonInterval(39, 50); // about [0.648, 0.873]
 * ```
 */
export function wilsonInterval(correct: number, total: number): [number, number] {
  if (total === 0) return [0, 1];
  const p = correct / total;
  const spread = z95 ** 2 / total;
  const center = (p + spread / 2) / (1 + spread);
  const half = z95 / (1 + spread) * Math.sqrt(p * (1 - p) / total + spread / (4 * total));
  return [Math.max(0, center - half), Math.min(1, center + half)];
}
