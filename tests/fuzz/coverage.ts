import { Session } from "node:inspector";

/** A function of the library: its blocks, of which each begins where the one before ends. */
interface Blocks {
  readonly starts: number[];
  readonly reached: boolean[];
}

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

interface Script {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly Range[] }[];
}

/** The blocks of functions by their places, as JSON. */
export type CoverageRecord = Readonly<Record<string, Blocks>>;

/**
 * Counts the blocks of code in `lib/`, or in another folder, that are reached, by V8's own precise coverage. What V8 counts
 * together is one block until it is seen to differ. Only modules that are loaded later are counted by
 * blocks.
 */
export class Coverage {
  readonly #session = new Session();
  readonly #functions = new Map<string, Blocks>();
  /** The functions all of whose blocks were reached together. */
  readonly #complete = new Set<string>();

  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async start(folder = new URL("../../lib/", import.meta.url).href): Promise<Coverage> {
    const coverage = new Coverage(folder);
    coverage.#session.connect();
    await coverage.#post("Profiler.enable");
    await coverage.#post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
    return coverage;
  }

  /** Forgets what was reached. */
  async clear(): Promise<void> {
    await this.#counted();
    this.#functions.clear();
    this.#complete.clear();
  }

  /** The blocks that were reached since the last call, and never before it. */
  async take(): Promise<Set<string>> {
    const found = new Set<string>();
    for (const { key, ranges } of await this.#counted()) {
      if (this.#complete.has(key)) continue;
      const blocks = this.#blocksOf(key, ranges);
      if (ranges.length === 1) this.#complete.add(key);
      eachReached(blocks.starts, ranges, (at) => {
        if (!blocks.reached[at]) found.add(`${key} ${blocks.starts[at]}`);
        blocks.reached[at] = true;
      });
    }
    return found;
  }

  /** Those of some blocks that were reached since the last call. */
  async takeOf(some: ReadonlySet<string>): Promise<Set<string>> {
    const found = new Set<string>();
    for (const { key, ranges } of await this.#counted()) {
      const { starts } = this.#blocksOf(key, ranges);
      eachReached(starts, ranges, (at) => {
        const name = `${key} ${starts[at]}`;
        if (some.has(name)) found.add(name);
      });
    }
    return found;
  }

  /** The number of blocks that were reached. */
  get reached(): number {
    return countReached(this.record());
  }

  record(): CoverageRecord {
    return Object.fromEntries(this.#functions);
  }

  async #counted(): Promise<{ key: string; ranges: readonly Range[] }[]> {
    const { result } = await this.#post("Profiler.takePreciseCoverage") as { result: Script[] };
    return result.filter(({ url }) => url.startsWith(this.#folder))
      .flatMap(({ url, functions }) =>
        functions.filter(({ ranges }) => ranges.some(({ count }) => count > 0))
          .map(({ ranges }) => ({
            key: `${url.slice(this.#folder.length)} ${ranges[0]!.startOffset}-${
              ranges[0]!.endOffset
            }`,
            ranges,
          }))
      );
  }

  #blocksOf(key: string, ranges: readonly Range[]): Blocks {
    let blocks = this.#functions.get(key);
    if (!blocks) this.#functions.set(key, blocks = { starts: [-1], reached: [false] });
    for (const { startOffset, endOffset } of ranges) {
      split(blocks, startOffset);
      split(blocks, endOffset);
    }
    return blocks;
  }

  #post(method: string, parameters: object = {}): Promise<object> {
    return new Promise((resolve, reject) => {
      this.#session.post(
        method,
        parameters,
        (error, result) => error ? reject(error) : resolve(result as object),
      );
    });
  }
}

/** Lets a block begin at an offset. */
function split({ starts, reached }: Blocks, offset: number): void {
  let at = starts.length - 1;
  while (starts[at]! > offset) at--;
  if (starts[at] === offset) return;
  starts.splice(at + 1, 0, offset);
  reached.splice(at + 1, 0, reached[at]!);
}

/** Calls `use` with the number of each block that was reached, as nested ranges say. */
function eachReached(
  starts: readonly number[],
  ranges: readonly Range[],
  use: (at: number) => void,
): void {
  starts.forEach((start, at) => {
    let count = 0;
    // An inner range comes after the one around it.
    for (const range of ranges) {
      if (range.startOffset <= start && start < range.endOffset) count = range.count;
    }
    if (count > 0) use(at);
  });
}

function countReached(record: CoverageRecord): number {
  return Object.values(record)
    .reduce((sum, { reached }) => sum + reached.filter(Boolean).length, 0);
}

/** The numbers of blocks that were reached in each of some records, all with the same blocks. */
export function compareReached(records: readonly CoverageRecord[]): number[] {
  const own = structuredClone(records) as Record<string, Blocks>[];
  for (const record of own) {
    for (const other of own) {
      for (const [key, { starts }] of Object.entries(other)) {
        const blocks = record[key];
        if (blocks) { for (const start of [...starts]) split(blocks, start); }
      }
    }
  }
  return own.map(countReached);
}
