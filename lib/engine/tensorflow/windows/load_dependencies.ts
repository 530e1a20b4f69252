import { join } from "@std/path";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { openLibrary } from "../../../open_library.ts";
import { LibraryError } from "../../errors.ts";
import { cacheFolder } from "../library/cache_folder.ts";
import { pythonStandIn, type StandIn } from "./python_stand_in.ts";
import { runtimeFolder } from "./runtime_wheel.ts";
import { findVisualRuntime, systemFolder } from "./visual_runtime.ts";

/**
 * Loads what TensorFlow's library for Windows depends on and Windows may not have: the stand-in for
 * Python's library, and the run-time of Visual C++. Windows takes for a dependency what is loaded
 * under its name, wherever that lies. All stays loaded, as it is never closed.
 *
 * @param path TensorFlow's library.
 * @throws {LibraryError} If there is no run-time.
 */
export function loadDependencies(path: string): void {
  const standIn = pythonStandIn(path);
  if (standIn) openLibrary(keepStandIn(standIn), {});
  const runtime = findVisualRuntime([systemFolder(), runtimeFolder()]);
  if (!runtime) {
    throw new LibraryError(
      "TensorFlow needs Microsoft's Visual C++ run-time of 2024 or newer (msvcp140.dll 14.40): " +
        "install it (vc_redist.x64.exe), or run deno task setup, which fetches it",
    );
  }
  for (const library of runtime) openLibrary(library, {});
}

/** The stand-in's file in the cache; its folder is named for its content, so that it never changes. */
function keepStandIn({ name, bytes }: StandIn): string {
  const digest = createHash("sha256").update(bytes).digest("hex");
  const folder = join(cacheFolder(), `stand-in-${digest.slice(0, 8)}`);
  const path = join(folder, name);
  if (holds(path, bytes)) return path;
  mkdirSync(folder, { recursive: true });
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  writeFileSync(temporary, bytes);
  try {
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary);
    // Another process has written it, and has it open.
    if (!holds(path, bytes)) throw error;
  }
  return path;
}

function holds(path: string, bytes: Uint8Array): boolean {
  try {
    const found = readFileSync(path);
    return found.length === bytes.length && found.every((byte, index) => byte === bytes[index]);
  } catch {
    return false;
  }
}
