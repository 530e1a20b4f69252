import { openLibrary } from "../../open_library.ts";

/** The right to wait for a process (`SYNCHRONIZE`), and what a wait gives while it runs (`WAIT_TIMEOUT`). */
const synchronize = 0x100000, stillRuns = 0x102;

/**
 * Returns a function that says whether a process of Windows has ended. There a child keeps the id of its
 * parent, which another process may get later; a handle stays that of this one.
 *
 * @param id Its process id.
 */
export function hasEnded(id: number): () => boolean {
  const { OpenProcess, WaitForSingleObject } = openLibrary("kernel32.dll", {
    OpenProcess: { parameters: ["u32", "i32", "u32"], result: "pointer" },
    WaitForSingleObject: { parameters: ["pointer", "u32"], result: "u32" },
  }).symbols;
  const handle = OpenProcess(synchronize, 0, id);
  return () => handle === null || WaitForSingleObject(handle, 0) !== stillRuns;
}
