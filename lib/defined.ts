/**
 * Returns the properties that are not `undefined`, to pass options on: those that are not set must be absent.
 *
 * @example
 * ```ts
 * import { defined } from "./defined.ts";
 *
 * const seed: number | undefined = undefined;
 * defined({ seed, size: 32 }); // { size: 32 }
 * ```
 */
export function defined<Options extends object>(
  options: Options,
): { [Name in keyof Options]?: Exclude<Options[Name], undefined> } {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
    // The boundary to the caller's own type: Object.fromEntries() knows no names.
  ) as { [Name in keyof Options]?: Exclude<Options[Name], undefined> };
}
