import { WeightsError } from "../errors.ts";
import { isTrunk } from "../network/vgg_trunk.ts";
import type { RowArray } from "../weights_file.ts";
import {
  byNumbers,
  groupsAround,
  isInGroup,
  isInHead,
  isPixelStatistic,
  splitName,
} from "./array_names.ts";

/** The arrays of one net among those of a file, by their names in the net. */
export interface FoundNet {
  /** The layers of the convolutions in the net's order. */
  readonly trunk: readonly string[];
  readonly arrays: ReadonlyMap<string, RowArray>;
  /** What was left out of the file, one line each. */
  readonly notes: readonly string[];
}

/** A group of layers whose convolutions are those of a VGG. */
interface Candidate {
  readonly group: string;
  readonly trunk: readonly string[];
}

/** Names of copies of the weights that were averaged in training, or are older. */
const copies = /(^|[._])(ema|swa|ave?raged?|teacher|target|old|best|shadow)([._]|$)/i;

/**
 * Finds the net of the paper in a checkpoint, wherever its arrays are: under any name, beside an
 * optimizer's state, other nets, or an averaged copy. It is the largest group of arrays whose convolutions
 * are those of one VGG.
 *
 * @throws {WeightsError} If there is none.
 */
export function findNet(arrays: ReadonlyMap<string, RowArray>): FoundNet {
  const [first, ...others] = candidatesIn(arrays);
  if (!first) throw new WeightsError(withoutNet(arrays));
  const { group, trunk } = first;
  const start = group === "" ? 0 : group.length + 1;
  const own = [...arrays].filter(([name]) => isInGroup(splitName(name).layer, group));
  const left = arrays.size - own.length;
  const kinds = [
    ...new Set(
      [...arrays.keys()].filter((name) => !isInGroup(splitName(name).layer, group))
        .map((name) => siblingOf(name, group)),
    ),
  ];
  return {
    trunk: trunk.map((layer) => layer.slice(start)),
    arrays: new Map(own.map(([name, array]) => [name.slice(start), array])),
    notes: left === 0 ? [] : [
      `${others.length > 0 ? `of ${others.length + 1} VGG nets in it ` : ""}${group} is used; ` +
      `left out: ${shortList(kinds)} (${left} arrays)`,
    ],
  };
}

/** The first part of a name that differs from the group's. */
function siblingOf(name: string, group: string): string {
  const [parts, own] = [name.split("."), group.split(".")];
  const at = parts.findIndex((part, index) => part !== own[index]);
  return parts.slice(0, at + 1).join(".");
}

function shortList(names: readonly string[], length = 3): string {
  return [...names.slice(0, length), ...(names.length > length ? ["…"] : [])].join(", ");
}

function withoutNet(arrays: ReadonlyMap<string, RowArray>): string {
  const kernels = [...arrays].filter(([, { shape }]) => shape.length === 4);
  const sides = kernels.map(([, { shape }]) => shape[2]);
  const shown = kernels.length > 0 ? kernels.map(([name]) => name) : [...arrays.keys()];
  return `its arrays (${
    shortList(shown)
  }) are of no VGG net: these have 8, 10, 13 or 16 convolutions ` +
    `of 3×3, or 1×1 at the end of C's blocks, whose channels follow the paper. ` +
    `Received: ${sides.length}${
      sides.length > 0 ? ` with kernel sizes ${shortList(sides.map(String), 20)}` : ""
    }`;
}

/** The groups whose convolutions are those of a VGG, each as large as possible; copies come last. */
function candidatesIn(arrays: ReadonlyMap<string, RowArray>): Candidate[] {
  const groups = new Map<string, string[]>();
  for (const [name, { shape }] of arrays) {
    const { layer, role } = splitName(name);
    if (shape.length !== 4 || isPixelStatistic(role)) continue;
    for (const group of groupsAround(layer)) {
      const names = groups.get(group);
      if (names) names.push(name);
      else groups.set(group, [name]);
    }
  }
  const found = new Map<string, Candidate>();
  for (const [group, names] of [...groups].sort(([a], [b]) => a.length - b.length)) {
    const trunk = trunkOf(names, arrays);
    // The first group with a convolution is the largest one.
    if (trunk && !found.has(trunk[0]!)) found.set(trunk[0]!, { group, trunk });
  }
  return [...found.values()].sort((a, b) =>
    Number(copies.test(a.group)) - Number(copies.test(b.group))
  );
}

/** The most convolutions of a VGG, and those of a head that is written as convolutions. */
const maxKernels = 19;

/** The layers of the convolutions in the net's order: the file's, or that of the numbers in the names. */
function trunkOf(
  names: readonly string[],
  arrays: ReadonlyMap<string, RowArray>,
): string[] | undefined {
  if (names.length > maxKernels || names.some((name) => splitName(name).role !== "weight")) {
    return undefined;
  }
  const layers = names.map((name) => splitName(name).layer);
  const orders = [layers, layers.toSorted(byNumbers)];
  const shape = (layer: string): readonly number[] => shapeOf(layer, arrays);
  // Convolutions can stand for the fully connected layers; the first of these reads a whole map.
  return orders.map((order) => {
    const head = order.findIndex((layer) => shape(layer)[2]! > 3);
    return order.slice(0, head < 0 ? order.length : head)
      .filter((layer) => !isInHead(layer) || shape(layer)[2] === 3);
  }).find((trunk) => isTrunk(trunk.map(shape)));
}

function shapeOf(layer: string, arrays: ReadonlyMap<string, RowArray>): readonly number[] {
  return arrays.get(layer === "" ? "weight" : `${layer}.weight`)!.shape;
}
