import { openLibrary } from "../../../open_library.ts";

/** `GET_MODULE_HANDLE_EX_FLAG_PIN`. */
const pin = 1;

/** Keeps a loaded library for the life of the process, also when Deno closes it. */
export function keepLoaded(path: string): void {
  const kernel = openLibrary("kernel32.dll", {
    GetModuleHandleExW: { parameters: ["u32", "buffer", "buffer"], result: "i32" },
  });
  const units = Array.from({ length: path.length }, (_, index) => path.charCodeAt(index));
  const text = Uint16Array.of(...units, 0);
  kernel.symbols.GetModuleHandleExW(pin, text, new BigUint64Array(1));
  kernel.close();
}
