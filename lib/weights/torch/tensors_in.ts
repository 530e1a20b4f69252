import { PickledName, PickledObject, PickledReference } from "../../files/pickle/pickled.ts";
import { type PickledStorage, type PickledTensor, storageOf, tensorIn } from "./torch_pickle.ts";

/** What a pickle contains besides plain values. */
export interface PickledTensors {
  /** The tensors by their paths, `state_dict.features.0.weight`. */
  readonly tensors: ReadonlyMap<string, PickledTensor>;
  /** All storages by key, also those of skipped tensors. */
  readonly storages: ReadonlyMap<string, PickledStorage>;
  /** The classes and functions that it names, apart from PyTorch's own for tensors. */
  readonly names: ReadonlySet<string>;
}

/** The maximum depth of values: checkpoints have about ten levels, a damaged file may have millions. */
const maxDepth = 64;

/** The dictionaries of a module's state whose names are no part of its arrays' names. */
const moduleParts = ["_parameters", "_buffers", "_modules"];

/**
 * Finds the tensors anywhere in the value of a pickle: in dictionaries, lists, and the states of objects,
 * such as whole modules. An object that occurs several times is visited once.
 */
export function tensorsIn(root: unknown): PickledTensors {
  const tensors = new Map<string, PickledTensor>();
  const storages = new Map<string, PickledStorage>();
  const names = new Set<string>();
  const seen = new Set<unknown>();

  function visit(value: unknown, path: readonly string[]): void {
    if (typeof value !== "object" || value === null || path.length > maxDepth) return;
    const tensor = tensorIn(value);
    if (tensor) {
      tensors.set(nameOf(path), tensor);
      storages.set(tensor.storage.key, tensor.storage);
      return;
    }
    if (seen.has(value)) return;
    seen.add(value);
    if (value instanceof PickledReference) addStorage(value);
    else if (value instanceof PickledName) addName(value);
    else if (Array.isArray(value)) {
      value.forEach((item, index) => visit(item, [...path, `${index}`]));
    } else if (value instanceof Map) visitMap(value, path);
  }

  function visitMap(value: ReadonlyMap<unknown, unknown>, path: readonly string[]): void {
    for (const [key, item] of value) {
      const isName = typeof key === "string" || typeof key === "number";
      visit(item, [...path, isName ? `${key}`.slice(0, maxKey) : "?"]);
    }
    if (!(value instanceof PickledObject)) return;
    visit(value.type, path);
    visit(value.args, [...path, "arguments"]);
    visit(value.items, path);
    // A state is a dictionary of attributes, or a pair of that and the slots.
    visit(value.state, path);
  }

  function addStorage(reference: PickledReference): void {
    const storage = storageOf(reference);
    if (storage) storages.set(storage.key, storage);
  }

  function addName(name: PickledName): void {
    if (!/^(torch|collections)\b/.test(name.module)) names.add(`${name}`.slice(0, maxKey));
  }

  visit(root, []);
  return { tensors, storages, names };
}

/** The maximum length of an array's name. */
const maxKey = 200;

function nameOf(path: readonly string[]): string {
  return path.filter((part) => !moduleParts.includes(part)).join(".");
}
