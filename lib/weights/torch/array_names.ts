/** The layer and the role of an array, by its name: `features.0.weight` is `weight` of `features.0`. */
export interface ArrayName {
  readonly layer: string;
  readonly role: string;
}

/** Splits the name of an array at its last dot. */
export function splitName(name: string): ArrayName {
  const dot = name.lastIndexOf(".");
  return { layer: name.slice(0, Math.max(0, dot)), role: name.slice(dot + 1) };
}

/** All groups that a layer is in, from the whole file, `""`, down to the layer itself. */
export function groupsAround(layer: string): string[] {
  const parts = layer === "" ? [] : layer.split(".").slice(0, maxDepth);
  return ["", ...parts.map((_, index) => parts.slice(0, index + 1).join("."))];
}

/** Names with more parts are of no net. */
const maxDepth = 64;

/** Whether a layer is in a group. */
export function isInGroup(layer: string, group: string): boolean {
  return group === "" || layer === group || layer.startsWith(`${group}.`);
}

/** The number of parts that two layers' names have in common at their start. */
export function commonParts(one: string, other: string): number {
  const [first, second] = [one.split("."), other.split(".")];
  const end = first.findIndex((part, index) => part !== second[index]);
  return end < 0 ? first.length : end;
}

const collator = new Intl.Collator("en", { numeric: true });

/** Orders names by their numbers: `features.2` before `features.10`. */
export function byNumbers(one: string, other: string): number {
  return collator.compare(one, other);
}

/**
 * Whether the names say that a layer is of the classifier, though it is a convolution: timm's
 * `pre_logits.fc1`, or `fc6` of a fully convolutional net.
 */
export function isInHead(layer: string): boolean {
  return /(^|[._])(classifier|pre_logits|head|fc\d*)([._]|$)/.test(layer);
}

/** Whether an array has the name of the mean or the deviation of pixels. */
export function isPixelStatistic(role: string): boolean {
  return /^(\w+_)?(mean|std)$/.test(role) && role !== "running_mean";
}
