/** What a value looks like, by MIME type: Jupyter takes the richest that it can show. */
export interface Bundle {
  /** For terminals, and wherever nothing richer can be shown. */
  readonly "text/plain": string;
  readonly "text/html"?: string;
  /** A PNG file in base 64. */
  readonly "image/png"?: string;
  readonly "application/vnd.plotly.v1+json"?: unknown;
}

/** Where Jupyter's Deno kernel looks for how a cell's last value shows itself. */
export const displaySymbol: unique symbol = Symbol.for("Jupyter.display") as never;

/** A value that shows itself as the last one of a notebook's cell. */
export interface Showable {
  [displaySymbol](): Bundle | Promise<Bundle>;
}

/**
 * Teaches an object how to show itself in a notebook. It stays what it was to everything else: JSON,
 * spreads and comparisons do not see the difference.
 *
 * @returns The same object.
 *
 * @example
 * ```ts
 * import { showAs } from "./bundle.ts";
 *
 * const pair = showAs({ left: 1, right: 2 }, () => ({ "text/plain": "a pair" }));
 * Object.keys(pair); // left and right
 * ```
 */
export function showAs<T extends object>(
  object: T,
  describe: (object: T) => Bundle | Promise<Bundle>,
): T {
  const value = (): Bundle | Promise<Bundle> => describe(object);
  return Object.defineProperty(object, displaySymbol, { value, configurable: true });
}

/** Whether a value knows how to show itself. */
export function isShowable(value: unknown): value is Showable {
  return typeof value === "object" && value !== null &&
    typeof Reflect.get(value, displaySymbol) === "function";
}
