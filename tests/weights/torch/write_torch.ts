import { legacyMagic } from "../../../lib/weights/file_format.ts";
import { joined, zipFile } from "../zip_file.ts";

/** A tensor in a file of PyTorch. */
export class Tensor {
  /** The class of its storage; default `FloatStorage`. */
  readonly type: string;
  readonly offset: number;
  readonly strides: readonly number[];

  constructor(
    readonly shape: readonly number[],
    /** The bytes of its storage. */
    readonly bytes: Uint8Array,
    options: { type?: string; offset?: number; strides?: readonly number[] } = {},
  ) {
    this.type = options.type ?? "FloatStorage";
    this.offset = options.offset ?? 0;
    this.strides = options.strides ?? shape.map((_, axis) => product(shape.slice(axis + 1)));
  }
}

/** Any other object: its class or function, its arguments and its state. */
export class PythonObject {
  constructor(
    readonly module: string,
    readonly name: string,
    readonly args: readonly unknown[] = [],
    readonly state?: unknown,
  ) {}
}

export function product(lengths: readonly number[]): number {
  return lengths.reduce((a, b) => a * b, 1);
}

const numberBytes: Readonly<Record<string, number>> = {
  DoubleStorage: 8,
  LongStorage: 8,
  HalfStorage: 2,
  BFloat16Storage: 2,
};

/** Writes what `torch.save` writes for a value: an archive, or the format before version 1.6. */
export async function writeTorch(path: string, value: unknown, legacy = false): Promise<void> {
  const storages: Tensor[] = [];
  const pickle = [0x80, 2, ...dump(value, storages), 0x2e];
  const keys = storages.map((_, index) => `${index}`);
  if (!legacy) {
    const content = new Map<string, Uint8Array>([["net/data.pkl", Uint8Array.from(pickle)]]);
    keys.forEach((key, index) => content.set(`net/data/${key}`, storages[index]!.bytes));
    await Deno.writeFile(path, zipFile(content));
    return;
  }
  const other = (one: unknown): Uint8Array => Uint8Array.of(0x80, 2, ...dump(one, []), 0x2e);
  await Deno.writeFile(
    path,
    joined([
      ...[legacyMagic, other(1001), other(new Map([["little_endian", true]]))],
      ...[Uint8Array.from(pickle), other(keys)],
      ...storages.flatMap(({ bytes, type }) => {
        const count = new DataView(new ArrayBuffer(8));
        count.setUint32(0, bytes.length / (numberBytes[type] ?? 4), true);
        return [new Uint8Array(count.buffer), bytes];
      }),
    ]),
  );
}

/** The pickle of a value without tensors. */
export function pickle(value: unknown): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([0x80, 3, ...dump(value, []), 0x2e]);
}

/** The operations of a pickle that makes a value. */
function dump(value: unknown, storages: Tensor[]): number[] {
  const all = (values: readonly unknown[]): number[] =>
    values.flatMap((one) => dump(one, storages));
  const tuple = (values: readonly unknown[]): number[] => [0x28, ...all(values), 0x74];
  if (value === null || value === undefined) return [0x4e];
  if (typeof value === "boolean") return [value ? 0x88 : 0x89];
  if (typeof value === "string") return [0x58, ...lengthAndText(value)];
  if (typeof value === "number") return [0x4a, ...little(value)];
  if (value instanceof Map) return [0x7d, 0x28, ...all([...value].flat()), 0x75];
  if (value instanceof Uint8Array) return [0x42, ...little(value.length), ...value];
  if (Array.isArray(value)) return [0x5d, 0x28, ...all(value), 0x65];
  if (value instanceof PythonObject) {
    const made = [...global(value.module, value.name), ...tuple(value.args), 0x52];
    return value.state === undefined ? made : [...made, ...dump(value.state, storages), 0x62];
  }
  if (!(value instanceof Tensor)) throw new TypeError("no test writes such a value");
  const { shape, strides, offset, type, bytes } = value;
  // Tensors may share a storage.
  const known = storages.findIndex((one) => one.bytes === bytes);
  const key = known < 0 ? storages.push(value) - 1 : known;
  const count = bytes.length / (numberBytes[type] ?? 4);
  const id = [
    ...[0x28, ...dump("storage", []), ...global("torch", type), ...all([`${key}`, "cpu", count])],
    ...[0x74, 0x51],
  ];
  return [
    ...[...global("torch._utils", "_rebuild_tensor_v2"), 0x28, ...id, ...dump(offset, storages)],
    ...[...tuple(shape), ...tuple(strides), 0x89],
    ...[...dump(new PythonObject("collections", "OrderedDict"), storages), 0x74, 0x52],
  ];
}

function global(module: string, name: string): number[] {
  return [0x63, ...new TextEncoder().encode(`${module}\n${name}\n`)];
}

function lengthAndText(text: string): number[] {
  const bytes = new TextEncoder().encode(text);
  return [...little(bytes.length), ...bytes];
}

function little(value: number): number[] {
  return [...new Uint8Array(Int32Array.of(value).buffer)];
}
