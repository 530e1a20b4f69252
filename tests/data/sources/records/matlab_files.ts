/** A variable of {@linkcode matlabFile}: an array of bytes, texts in cells, or structures. */
export type MatlabInput =
  | { readonly shape: readonly number[]; readonly bytes: ArrayLike<number> }
  | readonly string[]
  | { readonly structs: readonly Readonly<Record<string, string | number>>[] };

/** Writes a MAT file of level 5 without compression, as MATLAB's description of the format says. */
export function matlabFile(
  variables: Readonly<Record<string, MatlabInput>>,
): Uint8Array<ArrayBuffer> {
  const header = new TextEncoder().encode("MATLAB 5.0 MAT-file".padEnd(124));
  const matrices = Object.entries(variables).flatMap(([name, input]) => matrix(name, input));
  return Uint8Array.of(...header, 0, 1, 73, 77, ...matrices);
}

const [int8, uint8, int32, uint32, utf8, nested] = [1, 2, 5, 6, 16, 14];

function matrix(name: string, input: MatlabInput | string | number): number[] {
  if (typeof input === "number") return numbers(name, 12, [1, 1], element(3, int16(input)));
  if (typeof input === "string") {
    return numbers(name, 4, [1, input.length], element(utf8, new TextEncoder().encode(input)));
  }
  if ("bytes" in input) return numbers(name, 9, input.shape, element(uint8, input.bytes));
  if ("structs" in input) return structs(name, input.structs);
  return numbers(name, 1, [input.length, 1], input.flatMap((text) => matrix("", text)));
}

function structs(
  name: string,
  all: readonly Readonly<Record<string, string | number>>[],
): number[] {
  const fields = Object.keys(all[0]!);
  const names = fields.flatMap((field) => [...new TextEncoder().encode(field.padEnd(32, "\0"))]);
  const values = all.flatMap((each) => fields.flatMap((field) => matrix("", each[field]!)));
  const sizes = [...element(int32, int32Of(32)), ...element(int8, names)];
  return numbers(name, 2, [all.length, 1], [...sizes, ...values]);
}

function numbers(
  name: string,
  kind: number,
  shape: readonly number[],
  content: readonly number[],
): number[] {
  return element(nested, [
    ...element(uint32, [...int32Of(kind), 0, 0, 0, 0]),
    ...element(int32, shape.flatMap(int32Of)),
    ...element(int8, new TextEncoder().encode(name)),
    ...content,
  ]);
}

function element(type: number, bytes: ArrayLike<number>): number[] {
  const padding = new Array((8 - bytes.length % 8) % 8).fill(0);
  return [...int32Of(type), ...int32Of(bytes.length)].concat(Array.from(bytes), padding);
}

function int32Of(value: number): number[] {
  return [...new Uint8Array(Int32Array.of(value).buffer)];
}

function int16(value: number): number[] {
  return [...new Uint8Array(Int16Array.of(value).buffer)];
}
