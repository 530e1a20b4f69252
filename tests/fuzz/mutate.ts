import type { RandomStream } from "../../lib/random/stream.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

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

/** Values that are well-formed JSON, and mostly not what is expected. */
const awkwardValues: readonly unknown[] = [
  ...[null, -1, 0, 1, 0.5, 1e300, 2 ** 31, 2 ** 53, true, false, [], {}, [[]], [0], [1, 1]],
  ...["", "..", "../x", "\x1b[2J", "__proto__", "a", "F32", "0", "\n"],
];

/** A change of bytes; `other` is another input. */
type Edit = (bytes: Bytes, random: RandomStream, other: Bytes) => Bytes;

const edits: readonly Edit[] = [
  // A bit.
  (bytes, random) => {
    const at = placeIn(bytes, random);
    return over(bytes, at, [(bytes[at] ?? 0) ^ 1 << random.integer(0, 7)]);
  },
  // Some bytes, over or between others.
  (bytes, random) => over(bytes, placeIn(bytes, random), fewBytes(random)),
  (bytes, random) => between(bytes, placeIn(bytes, random), fewBytes(random)),
  // A step up or down.
  (bytes, random) => {
    const at = placeIn(bytes, random);
    return over(bytes, at, [(bytes[at] ?? 0) + random.integer(-4, 4)]);
  },
  // A word.
  (bytes, random) => {
    const text = new TextEncoder().encode(pick(awkwardTexts, random));
    const at = placeIn(bytes, random);
    return random.integer(0, 1) ? over(bytes, at, text) : between(bytes, at, text);
  },
  // The end.
  (bytes, random) => bytes.slice(0, placeIn(bytes, random)),
  // A part: removed, repeated elsewhere, or from another input.
  (bytes, random) => {
    const at = placeIn(bytes, random);
    return joined(bytes.subarray(0, at), bytes.subarray(at + lengthOf(random)));
  },
  (bytes, random) => {
    const at = placeIn(bytes, random);
    return between(bytes, placeIn(bytes, random), bytes.subarray(at, at + lengthOf(random)));
  },
  (bytes, random, other) => {
    const from = placeIn(other, random);
    const part = other.subarray(from, from + lengthOf(random));
    const at = placeIn(bytes, random);
    return random.integer(0, 1) ? over(bytes, at, part) : between(bytes, at, part);
  },
  // The rest of another input.
  (bytes, random, other) =>
    joined(bytes.subarray(0, placeIn(bytes, random)), other.subarray(placeIn(other, random))),
  // A length.
  (bytes, random) => {
    const view = new DataView(new ArrayBuffer(8));
    const little = random.integer(0, 1) === 1;
    view.setBigUint64(0, pick(awkwardIntegers, random), little);
    const [all, width] = [new Uint8Array(view.buffer), 2 ** random.integer(0, 3)];
    const part = little ? all.subarray(0, width) : all.subarray(8 - width);
    return over(bytes, placeIn(bytes, random), part);
  },
];

/** Changes a file a few times, most often once. */
export function mutate(bytes: Bytes, random: RandomStream, other: Bytes): Bytes {
  const count = random.integer(0, 1) ? 1 : random.integer(1, 6);
  let changed = bytes;
  for (let done = 0; done < count; done++) changed = pick(edits, random)(changed, random, other);
  return changed;
}

/** Every array and object of a JSON value with each of its keys. */
function nodesOf(value: unknown): { parent: Record<string, unknown>; key: string }[] {
  if (typeof value !== "object" || value === null) return [];
  const parent = value as Record<string, unknown>;
  return Object.keys(parent).flatMap((key) => [{ parent, key }, ...nodesOf(parent[key])]);
}

/**
 * Changes values of a text of JSON, or of one with a value in each line: it stays JSON, so that what comes
 * after the parser is tried.
 *
 * @throws {SyntaxError} If it is no such text.
 */
export function mutateJson(text: string, random: RandomStream, other: string): string {
  const parsed = (json: string): unknown[] => {
    try {
      return [JSON.parse(json)];
    } catch {
      return json.trim().split("\n").map((line) => JSON.parse(line));
    }
  };
  const values = parsed(text);
  const strange = parsed(other).flatMap(nodesOf).map(({ parent, key }) => parent[key]);
  for (let left = random.integer(0, 1) ? 1 : random.integer(1, 4); left > 0; left--) {
    const nodes = values.flatMap(nodesOf);
    if (nodes.length === 0) break;
    const { parent, key } = pick(nodes, random);
    const from = random.integer(0, 3);
    const value = pick(from === 0 && strange.length > 0 ? strange : awkwardValues, random);
    const how = random.integer(0, 4);
    if (how <= 2) parent[key] = how === 2 ? neighborOf(parent[key], random) : value;
    else if (how === 3) {
      if (Array.isArray(parent)) parent.push(parent[Number(key)]);
      else parent[`${key}2`] = parent[key];
    } else if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  }
  return values.map((value) => JSON.stringify(value)).join("\n") + "\n";
}

function neighborOf(value: unknown, random: RandomStream): unknown {
  if (typeof value === "number") return value + random.integer(-2, 2);
  if (typeof value === "boolean") return !value;
  if (typeof value === "string") return value + pick(awkwardTexts, random);
  return value;
}

export function pick<Value>(values: readonly Value[], random: RandomStream): Value {
  return values[random.integer(0, values.length - 1)]!;
}

/** Places are likelier near the beginning and the end, where headers and directories lie. */
function placeIn({ length }: Bytes, random: RandomStream): number {
  const place = random.integer(0, Math.max(0, length - 1));
  const near = Math.min(place, random.integer(0, 400));
  return [place, place, near, Math.max(0, length - 1 - near)][random.integer(0, 3)]!;
}

function lengthOf(random: RandomStream): number {
  return random.integer(1, random.integer(0, 3) ? 64 : 4096);
}

function fewBytes(random: RandomStream): number[] {
  return Array.from({ length: random.integer(1, 8) }, () => random.integer(0, 255));
}

function over(bytes: Bytes, at: number, written: ArrayLike<number>): Bytes {
  return joined(bytes.subarray(0, at), written, bytes.subarray(at + written.length));
}

function between(bytes: Bytes, at: number, written: ArrayLike<number>): Bytes {
  return joined(bytes.subarray(0, at), written, bytes.subarray(at));
}

/** Joins bytes. */
export function joined(...parts: readonly ArrayLike<number>[]): Bytes {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
