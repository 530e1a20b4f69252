import { join } from "@std/path";

/** The folder of `deno.json`. */
export const projectFolder = join(import.meta.dirname ?? ".", "..");
