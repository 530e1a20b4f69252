import { type OpenedLibrary, openLibrary } from "./open_library.ts";

/** The system's C library. Windows' names of POSIX functions begin with an underscore. */
const name = ({ darwin: "libSystem.dylib", windows: "ucrtbase.dll" } as Record<string, string>)[
  Deno.build.os
] ?? "libc.so.6";

/**
 * Opens functions of the system's C library. The caller closes it.
 *
 * @throws {Error} If there is none of this name, as on musl, or this process may not open it.
 */
export function openLibc<const Symbols extends Deno.ForeignLibraryInterface>(
  symbols: Symbols,
): OpenedLibrary<Symbols> {
  return openLibrary(name, symbols);
}
