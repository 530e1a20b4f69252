/** An array of a weights file, which is read when it is asked for. */
export interface StoredArray {
  readonly shape: readonly number[];
  read(): Promise<Float32Array<ArrayBuffer>>;
}

/** An array that can be read by parts: whole ones of a large net are too much to hold twice. */
export interface RowArray extends StoredArray {
  /** Values from one index of the first dimension to before another. */
  rows(from: number, to: number): Promise<Float32Array<ArrayBuffer>>;
}

/** The arrays of an open weights file, by the file's own names. `using` closes it. */
export interface RawWeights extends Disposable {
  readonly path: string;
  readonly arrays: ReadonlyMap<string, RowArray>;
  /** What else the file says, where its format has room for it. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** How many numbers a shape holds. */
export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** A {@linkcode RowArray} over a function that reads a run of its values, counted from its start. */
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
