import { WeightsError } from "../errors.ts";
import { countOf, type RowArray, rowArray } from "../weights_file.ts";

type Arrays = ReadonlyMap<string, RowArray>;

/** Names of the two arrays from which PyTorch computes a weight, and how it does. */
const kinds = [
  { first: /^(.*)_orig$/, second: (name: string) => `${name}_mask`, make: masked },
  { first: /^(.*)_g$/, second: (name: string) => `${name}_v`, make: normalized },
  {
    first: /^(.*\.)?parametrizations\.([^.]+)\.original0$/,
    second: (name: string) => name.replace(/([^.]+)$/, "parametrizations.$1.original1"),
    make: normalized,
  },
];

/** An array from which PyTorch computes a weight in another way, as in spectral normalization. */
const unknown = /(^|\.)(weight|bias)_orig$|(^|\.)parametrizations\.[^.]+\.original\d*$/;

/**
 * Computes the weights of a net that was saved while it was pruned (`torch.nn.utils.prune`) or had its weights
 * normalized (`weight_norm`), which stores two arrays for each.
 *
 * @throws {WeightsError} If weights are stored in another such form.
 */
export function withoutParametrizations(arrays: Arrays): Map<string, RowArray> {
  const plain = new Map<string, RowArray>();
  const used = new Set<string>();
  for (const [name, array] of arrays) {
    const made = combined(name, arrays);
    if (made) {
      plain.set(made.name, made.array);
      used.add(made.second);
    } else if (unknown.test(name) && !/original1$/.test(name)) {
      throw new WeightsError(
        `${name} is no weight, but what PyTorch computes one from; before saving, call ` +
          "torch.nn.utils.parametrize.remove_parametrizations() or the like for its layer",
      );
    } else plain.set(name, array);
  }
  for (const name of used) plain.delete(name);
  return plain;
}

/** The weight that an array and another one stand for, if they do. */
function combined(
  name: string,
  arrays: Arrays,
): { name: string; second: string; array: RowArray } | undefined {
  for (const { first, second, make } of kinds) {
    const [, ...parts] = first.exec(name) ?? [];
    const weight = parts.map((part) => part ?? "").join("");
    const other = arrays.get(second(weight));
    const array = parts.length > 0 && other && make(arrays.get(name)!, other);
    if (array) return { name: weight, second: second(weight), array };
  }
  return undefined;
}

/** A pruned weight: zero where the mask is. */
function masked(values: RowArray, mask: RowArray): RowArray | undefined {
  if (String(values.shape) !== String(mask.shape)) return undefined;
  return byRows(values.shape, async (from, to) => {
    const [some, kept] = [await values.rows(from, to), await mask.rows(from, to)];
    return some.map((value, index) => value * kept[index]!);
  });
}

/** A normalized weight: each output's direction, and its length. */
function normalized(lengths: RowArray, directions: RowArray): RowArray | undefined {
  const [outputs = 0, ...row] = directions.shape;
  if (lengths.shape[0] !== outputs || countOf(lengths.shape) !== outputs) return undefined;
  const perRow = countOf(row);
  return byRows(directions.shape, async (from, to) => {
    const [length, values] = [await lengths.rows(from, to), await directions.rows(from, to)];
    for (let at = 0; at < length.length; at++) {
      const part = values.subarray(at * perRow, (at + 1) * perRow);
      const factor = length[at]! / Math.sqrt(part.reduce((sum, value) => sum + value * value, 0));
      for (let index = 0; index < perRow; index++) part[index]! *= factor;
    }
    return values;
  });
}

function byRows(shape: readonly number[], rows: RowArray["rows"]): RowArray {
  return { ...rowArray(shape, () => rows(0, shape[0] ?? 0)), rows };
}
