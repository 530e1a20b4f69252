/** The name, the shape and the type of an array in a Keras file. */
export interface ArrayHeader {
  /** Keras's name, `kernel`, or in Keras 3 a number. */
  readonly name: string;
  readonly shape: readonly number[];
  /** HDF5's name of the type: `<f` for 32-bit floats. */
  readonly type: string;
}

/** The arrays that stand together in a Keras file, those of one layer. */
export interface GroupHeader<Entry extends ArrayHeader = ArrayHeader> {
  /**
   * In Keras 1 and 2 the names of the layer in the outermost model, and of the layer itself; in Keras 3 the
   * names of groups, which consist of a class and a number, one for each model around the layer.
   */
  readonly path: readonly string[];
  /** The name of the layer, which later versions of Keras 3 store besides. */
  readonly name?: string;
  readonly arrays: readonly Entry[];
}

/** What a Keras file holds. */
export interface KerasContents<Entry extends ArrayHeader = ArrayHeader> {
  /** The layout: of Keras 1 and 2, which names layers, or of Keras 3, which numbers them. */
  readonly layout: "named" | "numbered";
  readonly groups: readonly GroupHeader<Entry>[];
  /** The configuration of the model, JSON, if the file has it. */
  readonly config?: string;
  /** This library's metadata. */
  readonly metadata: Readonly<Record<string, string>>;
}
