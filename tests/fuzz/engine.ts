import fc from "fast-check";
import { type RandomStream, randomStream } from "../../lib/random/stream.ts";
import { attempt, type Outcome } from "./attempt.ts";
import type { Coverage } from "./coverage.ts";
import { type Bytes, mutate, mutateJson, pick } from "./mutate.ts";
import type { Target } from "./target.ts";

/** An input that is changed to make others. */
interface Parent {
  readonly bytes: Bytes;
  /** Milliseconds that it takes. */
  readonly cost: number;
  /** The number of inputs that were made of it, and of those that reached a new block. */
  made: number;
  found: number;
}

/** An input, and what it was made of. */
interface Candidate {
  readonly bytes: Bytes;
  readonly parent?: Parent | undefined;
}

/** Larger inputs are not tried. */
const maxBytes = 2 ** 18;
/**
 * Inputs between two readings of the coverage, each of which takes as long as some inputs: few as long as
 * most of them reach a new block.
 */
const [minBatch, maxBatch] = [16, 256];
/** Milliseconds after which a batch is smaller the next time. */
const slow = 1000;
/** Inputs of a model that are made at once. */
const modelBatch = 32;

/** An input that made a reader do what it must not. */
export class Failure extends Error {
  constructor(readonly input: Bytes, cause: Error) {
    super(cause.message, { cause });
  }
}

export interface FuzzOptions {
  readonly seed: number;
  /** Counts what is reached; inputs that reach a new block are kept. Without it only seeds are changed. */
  readonly coverage?: Coverage | undefined;
  /** Whether inputs that reach a new block are changed, or only counted. */
  readonly guided: boolean;
  /** Inputs that reached a block in an earlier run. */
  readonly corpus?: readonly Bytes[];
  /** Called before an input is tried. */
  readonly before?: (input: Bytes) => void;
  /** Called with an input that reaches a new block. */
  readonly keep?: (input: Bytes) => void;
}

/** Tries inputs of one target, of which those that reach new code are changed further. */
export class Fuzzer {
  readonly outcomes: Record<Outcome, number> = { read: 0, refused: 0 };
  readonly #target: Target;
  readonly #options: FuzzOptions;
  readonly #random: RandomStream;
  readonly #parents: Parent[] = [];
  #fromModel: Bytes[] = [];
  #models = 0;
  #batch = minBatch;

  private constructor(target: Target, options: FuzzOptions) {
    this.#target = target;
    this.#options = options;
    this.#random = randomStream(options.seed, target.name);
  }

  /** Tries the files of a target as they are; `undefined` where they are missing here. */
  static async start(target: Target, options: FuzzOptions): Promise<Fuzzer | undefined> {
    const seeds = await target.seeds();
    if (!seeds) return undefined;
    const fuzzer = new Fuzzer(target, options);
    await options.coverage?.clear();
    for (const bytes of [...seeds, ...options.corpus ?? []]) await fuzzer.#addParent(bytes);
    await options.coverage?.take();
    return fuzzer;
  }

  /** The number of inputs so far. */
  get inputs(): number {
    return this.outcomes.read + this.outcomes.refused;
  }

  /**
   * Tries some more inputs.
   *
   * @throws {Failure} If a reader does what it must not.
   */
  async run(inputs: number): Promise<void> {
    for (const end = this.inputs + inputs; this.inputs < end;) await this.step(end - this.inputs);
  }

  /** Tries some more inputs, at most a number: as many as take a moment. */
  async step(most: number): Promise<void> {
    const { coverage, guided } = this.#options;
    const began = performance.now();
    const candidates = Array.from({ length: Math.min(this.#batch, most) }, () => this.#next());
    for (const { bytes } of candidates) this.outcomes[await this.#attempt(bytes)]++;
    const isSlow = performance.now() - began > slow;
    const found = await coverage?.take() ?? new Set();
    this.#batch = found.size > 0 || isSlow
      ? Math.max(minBatch, this.#batch >> 1)
      : Math.min(maxBatch, this.#batch << 1);
    if (guided && found.size > 0) await this.#attribute(candidates, found);
  }

  async #attempt(bytes: Bytes): Promise<Outcome> {
    this.#options.before?.(bytes);
    try {
      return await attempt(this.#target, bytes);
    } catch (error) {
      throw new Failure(bytes, error as Error);
    }
  }

  async #addParent(bytes: Bytes): Promise<void> {
    const began = performance.now();
    this.outcomes[await this.#attempt(bytes)]++;
    // Between limits, so that a busy machine changes little.
    const cost = Math.min(50, Math.max(0.5, performance.now() - began));
    this.#parents.push({ bytes, cost, made: 0, found: 0 });
  }

  /** Finds those of some inputs that reach blocks, by trying halves of them again. */
  async #attribute(
    candidates: readonly Candidate[],
    blocks: ReadonlySet<string>,
  ): Promise<void> {
    if (candidates.length === 1) return await this.#keep(candidates[0]!);
    const middle = Math.ceil(candidates.length / 2);
    let left = new Set(blocks);
    for (const half of [candidates.slice(0, middle), candidates.slice(middle)]) {
      for (const { bytes } of half) await this.#attempt(bytes);
      const found = await this.#options.coverage!.takeOf(left);
      if (found.size === 0) continue;
      await this.#attribute(half, found);
      left = left.difference(found);
    }
  }

  async #keep({ bytes, parent }: Candidate): Promise<void> {
    if (parent) parent.found++;
    this.#options.keep?.(bytes);
    await this.#addParent(bytes);
  }

  #next(): Candidate {
    const { model, repair = (bytes) => bytes, json } = this.#target;
    const random = this.#random;
    const isFromModel = this.#parents.length === 0 || random.integer(0, 5) === 0;
    if (model && isFromModel) return { bytes: this.#modelInput(model) };
    const parent = this.#pickParent();
    const other = pick(this.#parents, random).bytes;
    parent.made++;
    let bytes = json && random.integer(0, 1)
      ? withOtherJson(json, parent.bytes, random, other)
      : undefined;
    bytes ??= mutate(parent.bytes, random, other);
    return { bytes: repair(bytes.slice(0, maxBytes)), parent };
  }

  #modelInput(model: fc.Arbitrary<Bytes>): Bytes {
    if (this.#fromModel.length === 0) {
      const seed = this.#options.seed + this.#models++;
      this.#fromModel = fc.sample(model, { seed, numRuns: modelBatch });
    }
    return this.#fromModel.pop()!;
  }

  /** Of three, the one that has found most for its time. */
  #pickParent(): Parent {
    const worth = ({ found, made, cost }: Parent): number => (found + 1) / (made + 1) / cost;
    return [1, 2, 3].map(() => pick(this.#parents, this.#random))
      .reduce((best, parent) => worth(parent) > worth(best) ? parent : best);
  }
}

function withOtherJson(
  { take, put }: NonNullable<Target["json"]>,
  bytes: Bytes,
  random: RandomStream,
  other: Bytes,
): Bytes | undefined {
  try {
    return put(bytes, mutateJson(take(bytes), random, take(other)));
  } catch {
    return undefined; // An input that is no JSON any more.
  }
}

/** Leaves out parts of an input that makes a reader fail, as long as it fails alike, for some seconds. */
export async function shrink(target: Target, failure: Failure, seconds = 10): Promise<Bytes> {
  const until = performance.now() + 1000 * seconds;
  const kindOf = (message: string): string => message.replaceAll(/\d+/g, "").slice(0, 60);
  let best = failure.input;
  for (let length = best.length >> 1; length > 0; length >>= 1) {
    for (let at = 0; at + length <= best.length && performance.now() < until;) {
      const shorter = new Uint8Array(best.length - length);
      shorter.set(best.subarray(0, at));
      shorter.set(best.subarray(at + length), at);
      const fails = await attempt(target, shorter).then(
        () => false,
        (error) => kindOf((error as Error).message) === kindOf(failure.message),
      );
      if (fails) best = shorter;
      else at += length;
    }
  }
  return best;
}
