import type { ClassLabel } from "../dataset.ts";

/** The ten ImageNet classes of the article, in its order. */
export const articleClasses: readonly ClassLabel[] = [
  { id: "n02909870", name: "bucket" },
  { id: "n13037406", name: "gyromitra" },
  { id: "n04523525", name: "vault" },
  { id: "n04204238", name: "shopping basket" },
  { id: "n02410509", name: "bison" },
  { id: "n02033041", name: "dowitcher" },
  { id: "n02493509", name: "titi" },
  { id: "n03249569", name: "drum" },
  { id: "n07716358", name: "zucchini" },
  { id: "n02483708", name: "siamang" },
];

/** The ten ImageNet classes of Imagenette, in the order of their ids. */
export const imagenetteClasses: readonly ClassLabel[] = [
  { id: "n01440764", name: "tench" },
  { id: "n02102040", name: "English springer" },
  { id: "n02979186", name: "cassette player" },
  { id: "n03000684", name: "chain saw" },
  { id: "n03028079", name: "church" },
  { id: "n03394916", name: "French horn" },
  { id: "n03417042", name: "garbage truck" },
  { id: "n03425413", name: "gas pump" },
  { id: "n03445777", name: "golf ball" },
  { id: "n03888257", name: "parachute" },
];

const names = new Map(
  [...articleClasses, ...imagenetteClasses].map(({ id, name }) => [id, name]),
);

/**
 * Returns the display name of a class id: of the wnids of the article and of Imagenette their names,
 * of any other id the id itself.
 *
 * @example
 * ```ts
 * import { className } from "./class_names.ts";
 *
 * className("n02410509"); // "bison"
 * ```
 */
export function className(id: string): string {
  return names.get(id) ?? id;
}
