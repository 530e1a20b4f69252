/**
 * Writes pickles as Python 2 and Python 3 wrote CIFAR's, opcode by opcode as `pickletools` documents them.
 */

type Part = string | number | Uint8Array | readonly Part[];

/** Bytes of opcodes: text as ASCII, numbers as bytes. */
export function opcodes(...parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  const add = (part: Part): void => {
    if (typeof part === "number") bytes.push(part);
    else if (typeof part === "string") bytes.push(...new TextEncoder().encode(part));
    else if (part instanceof Uint8Array) { for (const byte of part) bytes.push(byte); }
    else part.forEach(add);
  };
  parts.forEach(add);
  return Uint8Array.from(bytes);
}

const int32 = (value: number): Part => [...new Uint8Array(Int32Array.of(value).buffer)];
const protocol2: Part = [0x80, 2];
const [trueTuple3, reduce, build, stop] = [0x87, "R", "b", "."];

/** `SHORT_BINSTRING`: Python 2's `str`. */
const text = (value: string): Part => ["U", value.length, value];

/** `BINSTRING`, or Python 3's bytes: `SHORT_BINBYTES` for keys. */
const long = (value: Uint8Array): Part => ["T", int32(value.length), value];

const list = (values: readonly Part[]): Part => ["]", "(", values, "e"];
const integers = (values: readonly number[]): Part => list(values.map((value) => ["K", value]));

/** An array of bytes, as NumPy reduces it. */
function array(rows: number, columns: number, values: Uint8Array, raw: Part): Part {
  return [
    ["cnumpy.core.multiarray\n_reconstruct\n", "cnumpy\nndarray\n", "K", 0, 0x85, text("b")],
    [trueTuple3, reduce, "(", "K", 1, "J", int32(rows), "J", int32(columns), 0x86],
    ["cnumpy\ndtype\n", text("u1"), "K", 0, "K", 1, trueTuple3, reduce],
    ["(", "K", 3, text("|"), "NNN", "J", int32(-1), "J", int32(-1), "K", 0, "t", build],
    [0x89, values.length > 0 ? raw : text(""), "t", build],
  ];
}

/** A batch of CIFAR as the official archives hold it, written by Python 2. */
export function batchPickle(
  labels: readonly number[],
  pixels: Uint8Array,
  labelsKey = "labels",
): Uint8Array<ArrayBuffer> {
  return opcodes(
    [protocol2, "}", "(", text("batch_label"), text("training batch 1 of 5")],
    [text(labelsKey), integers(labels)],
    [text("data"), array(labels.length, 3072, pixels, long(pixels)), "u", stop],
  );
}

/** The names of the classes, as `batches.meta` and `meta` hold them. */
export function metaPickle(key: string, names: readonly string[]): Uint8Array<ArrayBuffer> {
  return opcodes(protocol2, "}", "(", text(key), list(names.map(text)), "u", stop);
}
