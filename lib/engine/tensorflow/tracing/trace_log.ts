import type { Values } from "../capi/host_tensors.ts";
import { CompileError } from "./errors.ts";

/** Something that a function did while it was recorded. */
export interface JournalEntry {
  readonly kind: "constant" | "operation";
  /** What was done, to the last digit. */
  readonly text: string;
  /** What of it a person may read. */
  readonly shown: string;
  /** The tensors from outside that were used. */
  readonly captures: readonly string[];
}

/** A function uses another tensor from outside than it did: it must be recorded anew. */
export class RetraceRequired extends Error {}

const advice = "what changes between calls must be an argument of the function, as a tensor " +
  "(a learning rate, a random seed)";

/**
 * What a function did, in order. A second run of the same function is held against it, so that a
 * number that JavaScript changed since is found, and by an error thrown in the very place.
 */
export class TraceLog {
  readonly #entries: JournalEntry[] = [];
  readonly #expected?: readonly JournalEntry[];

  /** @param expected What it must be the same as. */
  constructor(expected?: TraceLog) {
    if (expected) this.#expected = expected.#entries;
  }

  /** @throws {CompileError} Where the entry is not the one expected; {StaleRecording} where only tensors from outside are others. */
  add(entry: JournalEntry): void {
    const expected = this.#expected?.[this.#entries.length];
    this.#entries.push(entry);
    if (!this.#expected || expected?.text === entry.text) return;
    if (!expected || expected.kind !== entry.kind) throw otherPath(expected, entry);
    if (entry.kind === "constant") throw changedConstant(expected, entry);
    if (`${expected.captures}` !== `${entry.captures}`) throw new RetraceRequired();
    throw otherPath(expected, entry);
  }

  /** @throws {CompileError} Where less was done than expected. */
  end(): void {
    const next = this.#expected?.[this.#entries.length];
    if (next) throw otherPath(next, undefined);
  }
}

function changedConstant(expected: JournalEntry, entry: JournalEntry): CompileError {
  return new CompileError(
    `a compiled function made the tensor ${expected.shown} when it was recorded and now makes ` +
      `${entry.shown}: ${advice}`,
  );
}

function otherPath(
  expected: JournalEntry | undefined,
  entry: JournalEntry | undefined,
): CompileError {
  const end = "the end";
  return new CompileError(
    `a compiled function went another way than when it was recorded: ${expected?.shown ?? end} ` +
      `was next, and now ${entry?.shown ?? end} is: ${advice}`,
  );
}

const mostShown = 4;

/** The entry of a tensor that the function made of JavaScript's numbers. */
export function constantEntry(
  shape: readonly number[],
  dtype: number,
  values: Values,
): JournalEntry {
  const shown = Array.from(values.slice(0, mostShown), String);
  if (values.length > mostShown) shown.push("…");
  return {
    kind: "constant",
    text: `constant ${dtype} [${shape}] ${hash(values)}`,
    shown: `[${shown.join(", ")}]`,
    captures: [],
  };
}

/** FNV-1a over the values' 32-bit words. Texts are taken as they are. */
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
