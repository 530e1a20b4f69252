/** An image file of a data set. */
export interface LabeledFile {
  /** The path inside the data set, with `/` between its parts. */
  readonly path: string;
  readonly label: number;
}

/** Yields what is in several lists, one after the other, without a list of all. */
export function* chain<T>(...lists: readonly Iterable<T>[]): Generator<T, void, void> {
  for (const list of lists) yield* list;
}

/** As many paths share a text. */
const partLength = 1024;

/** Paths one after the other, where each ends, and their labels. */
interface Part {
  readonly text: string;
  readonly ends: Uint32Array;
  readonly labels: Uint16Array;
}

/**
 * Image files and their classes, of which a million take little more memory than their paths have letters: as
 * strings and objects of their own they would take four times as much.
 */
export class FileList implements Iterable<LabeledFile> {
  readonly #parts: Part[] = [];
  /** The last ones, which are not in a part yet. */
  #paths: string[] = [];
  #labels: number[] = [];

  /** Makes a list of some files. */
  static of(files: Iterable<LabeledFile>): FileList {
    const list = new FileList();
    for (const { path, label } of files) list.add(path, label);
    return list;
  }

  /** The number of files. */
  get length(): number {
    return this.#parts.length * partLength + this.#paths.length;
  }

  /** Adds a file at the end. */
  add(path: string, label: number): void {
    this.#paths.push(path);
    this.#labels.push(label);
    if (this.#paths.length < partLength) return;
    let end = 0;
    this.#parts.push({
      text: this.#paths.join(""),
      ends: Uint32Array.from(this.#paths, ({ length }) => end += length),
      labels: Uint16Array.from(this.#labels),
    });
    [this.#paths, this.#labels] = [[], []];
  }

  /** The path of a file; nothing if there are not as many. */
  path(index: number): string | undefined {
    const part = this.#parts[Math.floor(index / partLength)];
    if (!part) return this.#paths[index - this.#parts.length * partLength];
    const at = index % partLength;
    return part.text.slice(at === 0 ? 0 : part.ends[at - 1], part.ends[at]);
  }

  /** The class of each file. */
  labels(): Uint16Array<ArrayBuffer> {
    const labels = new Uint16Array(this.length);
    this.#parts.forEach((part, at) => labels.set(part.labels, at * partLength));
    labels.set(this.#labels, this.#parts.length * partLength);
    return labels;
  }

  /** The path of each file, one at a time. */
  *paths(): Generator<string, void, void> {
    for (let index = 0; index < this.length; index++) yield this.path(index)!;
  }

  *[Symbol.iterator](): Generator<LabeledFile, void, void> {
    const labels = this.labels();
    for (let index = 0; index < labels.length; index++) {
      yield { path: this.path(index)!, label: labels[index]! };
    }
  }
}
