import { join } from "@std/path";
import { readFileSync } from "node:fs";

/** The libraries of Visual C++ that TensorFlow's needs, in the order in which one needs the other. */
export const runtimeNames = ["vcruntime140.dll", "vcruntime140_1.dll", "msvcp140.dll"] as const;

/**
 * The oldest version: TensorFlow's library locks mutexes that it has not initialized by a call, for which
 * an older run-time ends the process.
 */
const minVersion = [14, 40] as const;

/** Windows' own folder of libraries, into which the run-time's installer puts them. */
export function systemFolder(): string {
  return join(Deno.env.get("SystemRoot") ?? "C:\\Windows", "System32");
}

/**
 * Returns the paths of the run-time's libraries in the first of the folders that has all of them, in a
 * version that is new enough; they belong together. `undefined` if there is none.
 */
export function findVisualRuntime(folders: readonly string[]): string[] | undefined {
  return folders
    .map((folder) => runtimeNames.map((name) => join(folder, name)))
    .find((paths) => paths.every((path) => isRecent(fileVersion(path))));
}

function isRecent([major, minor]: readonly [number, number] = [0, 0]): boolean {
  return major > minVersion[0] || major === minVersion[0] && minor >= minVersion[1];
}

/** The first bytes of `VS_FIXEDFILEINFO`: its signature and its own version, 1.0. */
const signature = Uint8Array.of(0xbd, 0x04, 0xef, 0xfe, 0, 0, 1, 0);

/**
 * The first two numbers of a Windows file's version; `undefined` if the file is missing or has none.
 *
 * @param path A small file: it is read as a whole.
 */
export function fileVersion(path: string): [number, number] | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch {
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - signature.length - 4;
  for (let at = bytes.indexOf(signature[0]!); at >= 0 && at <= end;) {
    if (signature.every((byte, index) => bytes[at + index] === byte)) {
      return [view.getUint16(at + 10, true), view.getUint16(at + 8, true)];
    }
    at = bytes.indexOf(signature[0]!, at + 1);
  }
  return undefined;
}
