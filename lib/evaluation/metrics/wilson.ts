/** The 97.5 % point of the standard normal distribution: 95 % lie within ± this. */
const z95 = 1.959963984540054;

/**
 * Wilson's 95 % confidence interval of a proportion: of an accuracy, when `correct` of `total`
 * images were right. Unlike the textbook's interval it stays within 0 and 1 and is right for few
 * images (Wilson 1927). Without images it is `[0, 1]`.
 *
 * @example
 * ```ts
 * import { wilsonInterval } from "./wilson.ts";
 *
 * wilsonInterval(39, 50); // about [0.648, 0.873]
 * ```
 */
export function wilsonInterval(correct: number, total: number): [number, number] {
  if (total === 0) return [0, 1];
  const share = correct / total;
  const spread = z95 ** 2 / total;
  const centre = (share + spread / 2) / (1 + spread);
  const half = z95 / (1 + spread) * Math.sqrt(share * (1 - share) / total + spread / (4 * total));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
