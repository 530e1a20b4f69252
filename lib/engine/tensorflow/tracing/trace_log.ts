import { CompileError } from "../../errors.ts";
import type { Values } from "../capi/host_tensors.ts";

/** Something that a function did while it was traced. */
export interface TraceEntry {
  readonly kind: "constant" | "operation";
  /** All of it, to the last digit: entries are equal if their texts are. */
  readonly text: string;
  /** A short form for error messages. */
  readonly shown: string;
  /** The captured tensors that were used. */
  readonly captures: readonly string[];
}

/** A function uses another captured tensor than when it was traced. */
export class RetraceRequired extends Error {}

const advice = "what changes between calls must be an argument of the function, as a tensor " +
  "(a learning rate, a random seed)";

/**
 * What a function did while it was traced, in order. A second run of the function is compared with the
 * first one's log entry by entry, so that the error is thrown at the very line that differs, for example
 * where a number has changed in JavaScript.
 */
export class TraceLog {
  readonly #entries: TraceEntry[] = [];
  readonly #expected?: readonly TraceEntry[];

  /** @param expected The log that this one must equal. */
  constructor(expected?: TraceLog) {
    if (expected) this.#expected = expected.#entries;
  }

  /**
   * Adds an entry.
   *
   * @throws {CompileError} If another entry was expected.
   * @throws {RetraceRequired} If only its captured tensors differ from the expected ones.
   */
  add(entry: TraceEntry): void {
    const expected = this.#expected?.[this.#entries.length];
    this.#entries.push(entry);
    if (!this.#expected || expected?.text === entry.text) return;
    if (!expected || expected.kind !== entry.kind) throw otherPath(expected, entry);
    if (entry.kind === "constant") throw changedConstant(expected, entry);
    if (`${expected.captures}` !== `${entry.captures}`) throw new RetraceRequired();
    throw otherPath(expected, entry);
  }

  /** @throws {CompileError} If more entries were expected. */
  end(): void {
    const next = this.#expected?.[this.#entries.length];
    if (next) throw otherPath(next, undefined);
  }
}

function changedConstant(expected: TraceEntry, entry: TraceEntry): CompileError {
  return new CompileError(
    `a compiled function made the tensor ${expected.shown} when it was traced and now makes ` +
      `${entry.shown}: ${advice}`,
  );
}

function otherPath(expected: TraceEntry | undefined, entry: TraceEntry | undefined): CompileError {
  const end = "the end";
  return new CompileError(
    `a compiled function took another path than when it was traced: ${expected?.shown ?? end} ` +
      `was next, and now ${entry?.shown ?? end} is: ${advice}`,
  );
}

const maxShown = 4;

/** The entry of a tensor that the function made of JavaScript's numbers. */
export function constantEntry(
  shape: readonly number[],
  dtype: number,
  values: Values,
): TraceEntry {
  const shown = Array.from(values.slice(0, maxShown), String);
  if (values.length > maxShown) shown.push("…");
  return {
    kind: "constant",
    text: `constant ${dtype} [${shape}] ${hash(values)}`,
    shown: `[${shown.join(", ")}]`,
    captures: [],
  };
}

/** FNV-1a over the bytes of numbers, in two lanes of 32 bits. Strings are taken as they are. */
function hash(values: Values): string {
  if (Array.isArray(values)) return values.map(String).join("\n");
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let [low, high] = [0x811c9dc5, 0x9747b28c];
  for (const byte of bytes) {
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ byte, 0x85ebca6b);
  }
  return `${low} ${high}`;
}
