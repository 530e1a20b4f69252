/**
 * `lib/open_library.ts` for Node and Bun: native libraries by koffi, whose pointers are addresses.
 *
 * @module
 */

import koffi, { type LibraryHandle, type TypeObject } from "koffi";

type KoffiFunction = ReturnType<LibraryHandle["func"]>;

/** An address that is not 0. */
export type Pointer = bigint;

/** How `Deno.dlopen` declares a function. */
interface Declaration {
  readonly name?: string;
  readonly parameters: readonly NativeType[];
  readonly result: NativeType;
  readonly nonblocking?: boolean;
  readonly optional?: boolean;
}

type NativeType = keyof typeof types | { readonly struct: readonly (keyof typeof types)[] };
type Call = (...args: unknown[]) => unknown;

const types = {
  pointer: "void *",
  buffer: "void *",
  void: "void",
  u8: "uint8_t",
  i32: "int32_t",
  i64: "int64_t",
  isize: "intptr_t",
  usize: "size_t",
  f32: "float",
} as const;

/** A struct of koffi's, and how its fields are read from the bytes that Deno passes for one. */
interface Struct {
  readonly type: TypeObject;
  read(bytes: Uint8Array): object;
}

const structs = new Map<string, Struct>();

/** As in `lib/open_library.ts`. */
export function openLibrary(
  path: string,
  symbols: Readonly<Record<string, Declaration>>,
): { symbols: Record<string, Call | undefined>; close(): void } {
  const library = koffi.load(path);
  const functions = Object.entries(symbols).map(([key, declaration]) =>
    [key, declare(library, declaration.name ?? key, declaration)] as const
  );
  return { symbols: Object.fromEntries(functions), close: () => library.unload() };
}

function declare(library: LibraryHandle, name: string, declared: Declaration): Call | undefined {
  const { parameters, result, nonblocking, optional } = declared;
  let native: KoffiFunction;
  try {
    native = library.func(name, typeOf(result), parameters.map(typeOf));
  } catch (error) {
    if (optional) return undefined;
    throw error;
  }
  const call = nonblocking ? asynchronous(native) : native as Call;
  const reads = parameters.map((type) =>
    typeof type === "object" ? structOf(type).read : undefined
  );
  if (!reads.some(Boolean)) return call;
  return (...args: unknown[]) =>
    call(...args.map((value, index) => reads[index]?.(value as Uint8Array) ?? value));
}

function asynchronous(native: KoffiFunction): Call {
  return (...args) =>
    new Promise((resolve, reject) => {
      native.async(...args, (error: unknown, value: unknown) =>
        error ? reject(error) : resolve(value));
    });
}

function typeOf(type: NativeType): string | TypeObject {
  return typeof type === "object" ? structOf(type).type : types[type];
}

function structOf({ struct }: Exclude<NativeType, string>): Struct {
  const key = struct.join("_");
  let known = structs.get(key);
  if (!known) {
    const fields = struct.map((type, index) => [`field${index}`, types[type]] as const);
    const type = koffi.struct(key, Object.fromEntries(fields));
    structs.set(key, known = { type, read: (bytes) => koffi.decode(bytes, type) });
  }
  return known;
}

/** As in `lib/open_library.ts`. */
export function addressOf(pointer: Pointer | null): bigint {
  return pointer ?? 0n;
}

/** As in `lib/open_library.ts`. */
export function pointerTo(address: bigint): Pointer | null {
  return address === 0n ? null : address;
}

/** As in `lib/open_library.ts`. */
export function cStringAt(pointer: Pointer): string {
  return koffi.decode(pointer, "char", -1);
}

/** As in `lib/open_library.ts`. */
export function onProcessEnd(listener: () => void): void {
  process.on("exit", listener);
}
