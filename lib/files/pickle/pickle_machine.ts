/** A dictionary takes about a hundred bytes in memory, and one byte in a pickle. */
const maxObjects = 1_000_000;

/** The stack, the marks and the memory of the machine whose program a pickle is. */
export class PickleMachine {
  #stack: unknown[] = [];
  readonly #marks: unknown[][] = [];
  readonly memo = new Map<number, unknown>();
  #objects = 0;

  push(value: unknown): void {
    this.#stack.push(value);
  }

  /** Pushes a new object; their number is limited. */
  create(value: object): void {
    if (++this.#objects > maxObjects) {
      throw new RangeError(`a pickle must have at most ${maxObjects} objects`);
    }
    this.#stack.push(value);
  }

  pop(): unknown {
    if (this.#stack.length === 0) throw new RangeError("the pickle takes more than it has");
    return this.#stack.pop();
  }

  top(): unknown {
    if (this.#stack.length === 0) throw new RangeError("the pickle takes more than it has");
    return this.#stack.at(-1);
  }

  mark(): void {
    this.#marks.push(this.#stack);
    this.#stack = [];
    if (++this.#objects > maxObjects) throw new RangeError("a pickle has too many marks");
  }

  /** Returns what was pushed since the last mark. */
  popMark(): unknown[] {
    const items = this.#stack;
    const below = this.#marks.pop();
    if (!below) throw new RangeError("the pickle has no mark");
    this.#stack = below;
    return items;
  }

  recall(index: number): void {
    if (!this.memo.has(index)) throw new RangeError("the pickle recalls what it never had");
    this.push(this.memo.get(index));
  }
}
