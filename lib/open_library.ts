/**
 * Native libraries, and pointers into their memory: all that the engine needs of a foreign function
 * interface. This is Deno's; the npm package has another file in its place, with the same exports.
 *
 * @module
 */

/** A pointer that is not null. */
export type Pointer = Deno.PointerObject;

/** The functions of a library, as declared by `Symbols`. */
export type LibraryFunctions<Symbols extends Deno.ForeignLibraryInterface> = Deno.DynamicLibrary<
  Symbols
>["symbols"];

/** An opened library. */
export interface OpenedLibrary<Symbols extends Deno.ForeignLibraryInterface> {
  readonly symbols: LibraryFunctions<Symbols>;
  /** Closes it. Its functions must not be called afterwards. */
  close(): void;
}

/**
 * Opens a native library. The caller closes it.
 *
 * @throws {Error} If there is none, one of its functions is missing, or this process may not open it.
 */
export function openLibrary<const Symbols extends Deno.ForeignLibraryInterface>(
  path: string,
  symbols: Symbols,
): OpenedLibrary<Symbols> {
  return Deno.dlopen(path, symbols);
}

/** The address that a pointer holds; 0 for null. */
export function addressOf(pointer: Deno.PointerValue): bigint {
  return Deno.UnsafePointer.value(pointer);
}

/** The pointer to an address; null for 0. */
export function pointerTo(address: bigint): Deno.PointerValue {
  return Deno.UnsafePointer.create(address);
}

/** A copy of the zero-terminated UTF-8 at a pointer. */
export function cStringAt(pointer: Pointer): string {
  return new Deno.UnsafePointerView(pointer).getCString();
}

/** Calls `listener` when the process ends, before its native libraries are closed. */
export function onProcessEnd(listener: () => void): void {
  for (const event of ["unload", "unhandledrejection", "error"]) {
    globalThis.addEventListener(event, listener);
  }
}
