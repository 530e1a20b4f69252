/** A value's representations by MIME type. Jupyter shows the richest one that it supports. */
export interface Bundle {
  /** Text for terminals, and for programs that support nothing richer. */
  readonly "text/plain": string;
  readonly "text/html"?: string;
  readonly "text/markdown"?: string;
  /** A PNG file in base 64. */
  readonly "image/png"?: string;
  readonly "application/vnd.plotly.v1+json"?: unknown;
  readonly [metadataType]?: BundleMetadata;
}

/**
 * Where a bundle has its metadata, which Deno's kernel cannot give for the value of a cell. The kernel's
 * proxy moves it to where Jupyter reads it.
 */
export const metadataType = "application/vnd.vggnet.metadata+json";

/** How Jupyter shows some of the representations. */
export interface BundleMetadata {
  readonly "image/png": {
    /** The size in the page in pixels. */
    readonly width: number;
    readonly height: number;
    /** What can be seen, for readers who cannot. */
    readonly alt: string;
    /** Given for images whose colors may be inverted for a dark page, other than photographs. */
    readonly needs_background?: "light";
  };
}

/** The method that Jupyter's Deno kernel calls to show the last value of a cell. */
export const displaySymbol: unique symbol = Symbol.for("Jupyter.display") as never;

/** A value that shows itself as the last value of a notebook's cell. */
export interface Showable {
  [displaySymbol](): Bundle | Promise<Bundle>;
}

/**
 * Makes an object show itself in a notebook. The added method is not enumerable, so JSON, spreads and
 * comparisons do not see it.
 *
 * @param describe Returns the representations of the object.
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

/** Whether a value shows itself in a notebook. */
export function isShowable(value: unknown): value is Showable {
  return typeof value === "object" && value !== null &&
    typeof Reflect.get(value, displaySymbol) === "function";
}
