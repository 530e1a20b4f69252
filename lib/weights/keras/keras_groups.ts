import type { Dataset, Group } from "h5wasm";
import { WeightsError } from "../errors.ts";
import type { GroupHeader } from "./keras_contents.ts";
import { groupIn } from "./keras_metadata.ts";

/** The arrays of a layer, with their names. */
export type DatasetGroup = Omit<GroupHeader, "arrays"> & {
  readonly arrays: readonly (readonly [string, Dataset])[];
};

/** A net has about a hundred layers; links of a damaged file can lead in circles. */
const [maxGroups, maxDepth] = [10_000, 12];

/** The order of names with numbers: `conv2d`, `conv2d_2`, `conv2d_10`. */
export const { compare: byNumber } = new Intl.Collator("en", { numeric: true });

/**
 * Reads the layout of Keras 1 and 2, if the file has it: attributes list the layers and the arrays of each
 * layer; a nested model counts as a layer and lists the arrays of all its layers.
 *
 * @throws {WeightsError} If layers or arrays are missing.
 */
export function namedGroups(root: Group): DatasetGroup[] | undefined {
  const names = namesIn(root, "layer_names");
  if (!names) return undefined;
  return names.flatMap((name) => {
    const group = groupIn(root, name);
    if (!group) throw new WeightsError(`layer ${name} is missing`);
    const arrays = (namesIn(group, "weight_names") ?? []).map((weight) => {
      const parts = weight.split("/");
      const [array = "", layer] = [parts.pop()?.replace(/:\d+$/, ""), parts.pop() ?? name];
      return [layer, array, datasetIn(group, weight)] as const;
    });
    return orderedByName([...Map.groupBy(arrays, ([layer]) => layer)]).map(([layer, those]) => ({
      path: [name, layer],
      arrays: those.map(([, array, dataset]) => [array, dataset] as const),
    }));
  });
}

/** Names that Keras gives to layers itself, or in its own nets, with numbers in the order of the layers. */
const numberedName = /\d$|^block\d+_|^(conv2d|dense|batch_normalization|predictions)$/;

/**
 * Puts the layers of a nested model in the order of the numbers in their names: Keras lists those that are
 * trained before those that are not.
 */
function orderedByName<Entry extends readonly [string, unknown]>(layers: Entry[]): Entry[] {
  const isNumbered = layers.every(([name]) => numberedName.test(name));
  return isNumbered ? layers.toSorted(([one], [other]) => byNumber(one, other)) : layers;
}

/**
 * Reads the layout of Keras 3: a layer's group has the name of its class and a number, which counts the
 * layers of the class in the net's order. A nested model is such a group, with groups of its own. Later
 * versions also store the layer's name with its arrays.
 *
 * @throws {WeightsError} If the groups are not those of layers.
 */
export function numberedGroups(root: Group): DatasetGroup[] {
  let count = 0;
  const walk = (group: Group, path: readonly string[]): DatasetGroup[] => {
    if (++count > maxGroups || path.length > maxDepth) throw new WeightsError("it has no end");
    const children = group.keys().filter((key) => key !== "vars")
      .flatMap((key) => childOf(group, key));
    const own = groupIn(group, "vars");
    return [
      ...(own ? [arraysIn(own, path)] : []),
      ...inOrder(children).flatMap(([key, child]) => walk(child, [...path, ...pathOf(key)])),
    ];
  };
  const children = root.keys().filter((key) => !notLayers.test(key))
    .flatMap((key) => childOf(root, key));
  const groups = inOrder(children).flatMap(([key, child]) => walk(child, pathOf(key)))
    .filter(({ path, arrays }) => path.length > 0 || arrays.length > 0);
  if (groups.length === 0) throw new WeightsError("it has neither layers nor layer_names");
  return groups;
}

/** What Keras stores besides layers. */
const notLayers = /^(vars$|optimizer$|compile_metrics$|metrics$|_(?!layer_checkpoint))/;

/** Groups that hold the layers of a model. */
const containers = new Set(["layers", "_layer_checkpoint_dependencies"]);

/** The names of a group without those of containers. Keras 2 on Windows wrote `layers\conv2d`. */
function pathOf(key: string): string[] {
  return key.split("\\").filter((part) => !containers.has(part));
}

function childOf(group: Group, key: string): [string, Group][] {
  const child = groupIn(group, key);
  return child ? [[key, child]] : [];
}

/** A nested model stands before the layers around it, because a base stands before its classifier. */
function inOrder(children: readonly [string, Group][]): [string, Group][] {
  const isModel = ([, group]: [string, Group]): boolean =>
    group.keys().some((key) => containers.has(key));
  return children.toSorted((a, b) =>
    Number(isModel(b)) - Number(isModel(a)) || byNumber(a[0], b[0])
  );
}

function arraysIn(group: Group, path: readonly string[]): DatasetGroup {
  const name = group.attrs["name"]?.value;
  return {
    path,
    ...(typeof name === "string" ? { name } : {}),
    arrays: group.keys().toSorted(byNumber).map((key) => [key, datasetIn(group, key)]),
  };
}

/** Reads a list of names, which Keras writes in several attributes if it is long: `layer_names0` … */
function namesIn(group: Group, attribute: string): string[] | undefined {
  const { attrs } = group;
  const listOf = (name: string): string[] | undefined => {
    const value = attrs[name]?.value;
    if (value === undefined) return undefined;
    return Array.isArray(value) ? value.map(String) : [];
  };
  const whole = listOf(attribute);
  if (whole) return whole;
  const parts: string[] = [];
  for (let index = 0;; index++) {
    const part = listOf(`${attribute}${index}`);
    if (!part) return index === 0 ? undefined : parts;
    parts.push(...part);
  }
}

function datasetIn(group: Group, name: string): Dataset {
  const found = group.get(name);
  if (!found || !("slice" in found)) throw new WeightsError(`the array ${name} is missing`);
  return found;
}
