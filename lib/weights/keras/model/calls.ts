import { isList, type Json, jsonFields, jsonNumbers } from "./json.ts";
import { historyName } from "./config.ts";

/** An argument of a layer: what another layer computed, or numbers, or something else. */
export type Argument<Value> =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "numbers"; readonly numbers: readonly number[] }
  | { readonly kind: "other"; readonly json: Json };

/** Arguments that no operation here reads. */
const ignored = new Set(["training", "mask", "name", "dtype", "data_format"]);

/**
 * Reads the arguments of a call of a layer, in their order.
 *
 * @param call An inbound node of Keras 3, `{args, kwargs}`, or of Keras 2, a list.
 * @param valueOf Returns what a layer computed.
 */
export function argumentsOf<Value>(
  call: Json,
  valueOf: (layer: string) => Value | undefined,
): Argument<Value>[] {
  const convert = (json: Json): Argument<Value>[] => {
    const name = historyName(json) ??
      historyName(jsonFields(jsonFields(json).config).keras_history);
    const value = name === undefined ? undefined : valueOf(name);
    if (value !== undefined) return [{ kind: "value", value }];
    const numbers = constantIn(json);
    if (numbers) return [{ kind: "numbers", numbers }];
    const parts = isList(json) ? json.flatMap(convert) : [];
    return parts.some(({ kind }) => kind === "value") ? parts : [{ kind: "other", json }];
  };
  return listed(call).flatMap(convert);
}

/** The arguments in a call, those with names after the others. */
function listed(call: Json): Json[] {
  const named = (json: Json | undefined): Json[] =>
    Object.entries(jsonFields(json)).flatMap(([name, value]) =>
      ignored.has(name) || value === undefined || value === null ? [] : [value]
    );
  if (!isList(call)) {
    const { args, kwargs } = jsonFields(call);
    return [...isList(args) ? args : [], ...named(kwargs)];
  }
  const [name, node, output] = call;
  if (typeof name !== "string") return call.flatMap(listed);
  // Keras 2 names constants so, with the value in the place of the output.
  const first = name === "_CONSTANT_VALUE" && node === -1 ? output! : call.slice(0, 3);
  return [first, ...named(call[3])];
}

/** Returns the numbers of a constant: a number, lists of numbers, or Keras 3's tensor or array. */
function constantIn(json: Json): number[] | undefined {
  const { class_name: className, config } = jsonFields(json);
  const value = className === "__tensor__" || className === "__numpy__"
    ? jsonFields(config).value
    : json;
  if (typeof value !== "number" && !isNumbers(value)) return undefined;
  return jsonNumbers(value);
}

function isNumbers(json: Json | undefined): boolean {
  return isList(json) && json.length > 0 &&
    json.every((one) => typeof one === "number" || isNumbers(one));
}
