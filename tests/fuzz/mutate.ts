import fc from "fast-check";

/** What is done to a file: places are fractions of its length, so that it fits any file. */
export type Edit =
  | { readonly kind: "flip"; readonly at: number; readonly bit: number }
  | { readonly kind: "set"; readonly at: number; readonly bytes: readonly number[] }
  | { readonly kind: "insert"; readonly at: number; readonly bytes: readonly number[] }
  | { readonly kind: "text"; readonly at: number; readonly text: string; readonly over: boolean }
  | { readonly kind: "cut"; readonly at: number }
  | { readonly kind: "remove"; readonly at: number; readonly length: number }
  | { readonly kind: "repeat"; readonly at: number; readonly length: number; readonly to: number }
  | { readonly kind: "splice"; readonly at: number; readonly other: number; readonly from: number }
  | {
    readonly kind: "integer";
    readonly at: number;
    readonly width: 1 | 2 | 4 | 8;
    readonly little: boolean;
    readonly value: bigint;
  };

/** How an input is made of real files: small, so that a failure can be told and repeated. */
export interface Recipe {
  /** Which of the files. */
  readonly file: number;
  readonly edits: readonly Edit[];
}

/** Lengths and numbers that readers stumble over. */
const awkwardIntegers: readonly bigint[] = [
  ...[0n, 1n, 2n, 7n, 255n, 256n, 4096n, 65535n, 65536n, 2n ** 24n],
  ...[2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 40n],
  ...[2n ** 53n - 1n, 2n ** 53n, 2n ** 62n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n],
];

/** Words of text formats, right and wrong. */
const awkwardTexts: readonly string[] = [
  ...["null", "true", "-1", "0.5", "1e999", "-0", "NaN", "9007199254740993", "1e308"],
  ...['"', "''", ",", "\n", "\r\n", "{", "}", "[", "]", ":", "\\u0000", "\\", "[[[[[[[["],
  ...['"__proto__":', '"constructor"', "../../../etc/passwd", "/", "\x00", "\x1b[2J", "\ufeff"],
  ...["\u202e", "n00000000", " ", "\t", "ImageId", "😀", "\ud800"],
];

/** Places are likelier near the beginning and the end, where headers and directories lie. */
const place = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.nat(400).map((part) => part / 1e4),
  fc.nat(400).map((part) => 1 - part / 1e4),
);
const fewBytes = fc.array(fc.nat(255), { minLength: 1, maxLength: 8 });
const length = fc.oneof(fc.nat(64), fc.nat(4096));

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant("flip" as const), at: place, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant("set" as const), at: place, bytes: fewBytes }),
  fc.record({ kind: fc.constant("insert" as const), at: place, bytes: fewBytes }),
  fc.record({
    kind: fc.constant("text" as const),
    at: place,
    text: fc.constantFrom(...awkwardTexts),
    over: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("cut" as const), at: place }),
  fc.record({ kind: fc.constant("remove" as const), at: place, length }),
  fc.record({ kind: fc.constant("repeat" as const), at: place, length, to: place }),
  fc.record({ kind: fc.constant("splice" as const), at: place, other: fc.nat(), from: place }),
  fc.record({
    kind: fc.constant("integer" as const),
    at: place,
    width: fc.constantFrom(1, 2, 4, 8),
    little: fc.boolean(),
    value: fc.constantFrom(...awkwardIntegers),
  }),
);

/** Recipes of one to six edits; one in forty leaves its file as it is, which must then be read. */
export const recipes: fc.Arbitrary<Recipe> = fc.record({
  file: fc.nat(),
  edits: fc.oneof(
    { weight: 39, arbitrary: fc.array(edit, { minLength: 1, maxLength: 6 }) },
    { weight: 1, arbitrary: fc.constant([]) },
  ),
});

/** The input that a recipe makes of real files. */
export function follow(recipe: Recipe, files: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const file = files[recipe.file % files.length]!;
  return recipe.edits.reduce((bytes, edit) => edited(bytes, edit, files), file.slice());
}

function edited(
  bytes: Uint8Array<ArrayBuffer>,
  edit: Edit,
  files: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const at = placeIn(bytes, edit.at);
  switch (edit.kind) {
    case "flip":
      return joined(
        bytes.subarray(0, at),
        [(bytes[at] ?? 0) ^ 1 << edit.bit],
        bytes.subarray(at + 1),
      );
    case "set":
      return over(bytes, at, edit.bytes);
    case "insert":
      return joined(bytes.subarray(0, at), edit.bytes, bytes.subarray(at));
    case "text": {
      const text = new TextEncoder().encode(edit.text);
      return edit.over
        ? over(bytes, at, text)
        : joined(bytes.subarray(0, at), text, bytes.subarray(at));
    }
    case "cut":
      return bytes.slice(0, at);
    case "remove":
      return joined(bytes.subarray(0, at), bytes.subarray(at + edit.length));
    case "repeat": {
      const to = placeIn(bytes, edit.to);
      return joined(
        bytes.subarray(0, to),
        bytes.subarray(at, at + edit.length),
        bytes.subarray(to),
      );
    }
    case "splice": {
      const other = files[edit.other % files.length]!;
      return joined(bytes.subarray(0, at), other.subarray(placeIn(other, edit.from)));
    }
    case "integer": {
      const view = new DataView(new ArrayBuffer(8));
      view.setBigUint64(0, edit.value, edit.little);
      const all = new Uint8Array(view.buffer);
      return over(
        bytes,
        at,
        edit.little ? all.subarray(0, edit.width) : all.subarray(8 - edit.width),
      );
    }
  }
}

const placeIn = (bytes: Uint8Array, at: number): number => Math.floor(at * bytes.length);

function over(
  bytes: Uint8Array,
  at: number,
  written: ArrayLike<number>,
): Uint8Array<ArrayBuffer> {
  return joined(bytes.subarray(0, at), written, bytes.subarray(at + written.length));
}

function joined(...parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
