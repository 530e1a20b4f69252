import { openLibrary } from "../../../open_library.ts";

/** The variables that TensorFlow and its libraries read. */
const read = /^(TF|TFRT|XLA|ONEDNN|DNNL|OMP|KMP|MKL)_/;

/**
 * Hands this process's environment variables for TensorFlow to the C library, from which it reads them:
 * on Windows that has its own copy, made when it was loaded.
 */
export function shareEnvironment(): void {
  const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(`${text}\0`);
  const library = openLibrary("ucrtbase.dll", {
    _putenv_s: { parameters: ["buffer", "buffer"], result: "i32" },
  });
  for (const [name, value] of Object.entries(Deno.env.toObject())) {
    if (read.test(name)) library.symbols._putenv_s(encode(name), encode(value));
  }
  library.close();
}
