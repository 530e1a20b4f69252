/** An array of a weights file, whose values are read on demand. */
export interface StoredArray {
  /** The lengths of the dimensions. */
  readonly shape: readonly number[];
  /** Reads all values, row by row. */
  read(): Promise<Float32Array<ArrayBuffer>>;
}

/** An array that can be read in parts, because a large one should not be in memory twice. */
export interface RowArray extends StoredArray {
  /** Reads the rows `from` to `to` (exclusive) of the first dimension. */
  rows(from: number, to: number): Promise<Float32Array<ArrayBuffer>>;
}

/** The arrays of an open weights file, by the file's own names. `using` closes it. */
export interface RawWeights extends Disposable {
  readonly path: string;
  readonly arrays: ReadonlyMap<string, RowArray>;
  /** The file's metadata; empty if its format has none. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Returns the number of values in a shape. */
export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Makes a {@linkcode RowArray} from a function that reads `count` values from index `start` on. */
export function rowArray(
  shape: readonly number[],
  read: (start: number, count: number) => Promise<Float32Array<ArrayBuffer>>,
): RowArray {
  const perRow = countOf(shape.slice(1));
  return {
    shape,
    read: () => read(0, countOf(shape)),
    rows: (from, to) => read(from * perRow, (to - from) * perRow),
  };
}
