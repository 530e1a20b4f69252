import { WeightsError } from "../../errors.ts";

/** A value of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | Fields;

/** An object of JSON. */
export interface Fields {
  readonly [name: string]: Json | undefined;
}

/** Returns an object of JSON, or an empty one for other values. */
export function jsonFields(value: Json | undefined): Fields {
  return typeof value === "object" && value !== null && !isList(value) ? value : {};
}

/** Returns a list of JSON, or an empty one for other values. */
export function jsonList(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : [];
}

/** Returns a text, or `""` for other values. */
export function jsonText(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** Returns the numbers in a number, or in lists of any depth. */
export function jsonNumbers(value: Json | undefined): number[] {
  if (typeof value === "number") return [value];
  return isList(value) ? value.flatMap((one) => jsonNumbers(one)) : [];
}

/** Whether a value is a list. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** Keras writes none that are deeper; deeper lists and objects could exhaust the stack. */
const maxDepth = 200;

/**
 * Parses JSON whose nesting is limited.
 *
 * @param name What the text is, for the error.
 * @throws {WeightsError} If it is not JSON, or too deep.
 */
export function parseJson(text: string, name: string): Json {
  let json: Json;
  try {
    json = JSON.parse(text);
  } catch {
    throw new WeightsError(`${name} is not JSON`);
  }
  let level: Json[] = [json];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) throw new WeightsError(`${name} is nested too deeply`);
    level = level.flatMap((value) =>
      typeof value === "object" && value !== null ? Object.values(value) as Json[] : []
    );
  }
  return json;
}
