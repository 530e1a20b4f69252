import { readImports } from "./read_imports.ts";
import { writeLibrary } from "./write_library.ts";

/** A file that takes the place of Python's library. */
export interface StandIn {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Python's objects; all other names are functions. */
const variable = /_Type$|^PyExc_|^_Py_\w+Struct$/;

/**
 * Makes what TensorFlow's library for Windows takes from Python's (`python313.dll`), of which it only
 * needs the names: none of its functions that computes calls Python. If one did, Python's functions
 * return 0, as they do if Python is not there.
 *
 * @param path TensorFlow's library.
 * @returns `undefined` if the library takes nothing from Python.
 */
export function pythonStandIn(path: string): StandIn | undefined {
  const python = readImports(path).find(({ library }) => /^python3\d+\.dll$/i.test(library));
  if (!python) return undefined;
  const exports = python.names.map((name) =>
    [name, variable.test(name) ? "variable" : "function"] as const
  );
  return { name: python.library, bytes: writeLibrary(python.library, new Map(exports)) };
}
