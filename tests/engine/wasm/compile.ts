import wabt from "wabt";

const folder = new URL("../../../lib/engine/wasm/", import.meta.url);

/** A module for shared memory only differs in its import. */
const [memoryImport, sharedMemoryImport] = ["(memory 1)", "(memory 1 65536 shared)"];

/** The names of the WebAssembly modules of the wasm engine. */
export const moduleNames = ["gemm", "gemm_shared", "elementwise"] as const;
type ModuleName = typeof moduleNames[number];

/** The URL of a compiled module. */
export function binaryOf(name: ModuleName): URL {
  return new URL(`${name}.wasm`, folder);
}

/** Compiles a module's text. Run as a program, this file writes all modules beside their texts. */
export async function compile(name: ModuleName): Promise<Uint8Array> {
  const { parseWat } = await wabt();
  const [file] = name.split("_");
  const text = await Deno.readTextFile(new URL(`${file}.wat`, folder));
  const source = name === "gemm_shared" ? text.replace(memoryImport, sharedMemoryImport) : text;
  const module = parseWat(`${file}.wat`, source, { simd: true, relaxed_simd: true, threads: true });
  const binary = Uint8Array.from(module.toBinary({}).buffer);
  // Throws if the module is not valid.
  await WebAssembly.compile(binary);
  return binary;
}

if (import.meta.main) {
  for (const name of moduleNames) await Deno.writeFile(binaryOf(name), await compile(name));
}
