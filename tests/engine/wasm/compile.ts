import wabt from "wabt";

const folder = new URL("../../../lib/engine/wasm/", import.meta.url);

/** Memory that is shared has a type of its own; nothing else differs. */
const [ownMemory, sharedMemory] = ["(memory 1)", "(memory 1 65536 shared)"];

/** The names of the WebAssembly modules of the wasm engine. */
export const moduleNames = ["gemm", "gemm_shared", "elementwise"] as const;
type ModuleName = typeof moduleNames[number];

/** Where the compiled module of a name lies. */
export function binaryOf(name: ModuleName): URL {
  return new URL(`${name}.wasm`, folder);
}

/** Compiles a module's text; run as a program, this module writes what it gives beside the text. */
export async function compile(name: ModuleName): Promise<Uint8Array> {
  const { parseWat } = await wabt();
  const [file] = name.split("_");
  const text = await Deno.readTextFile(new URL(`${file}.wat`, folder));
  const source = name === "gemm_shared" ? text.replace(ownMemory, sharedMemory) : text;
  const module = parseWat(`${file}.wat`, source, { simd: true, relaxed_simd: true, threads: true });
  const binary = Uint8Array.from(module.toBinary({}).buffer);
  // It throws where the text is no valid module.
  await WebAssembly.compile(binary);
  return binary;
}

if (import.meta.main) {
  for (const name of moduleNames) await Deno.writeFile(binaryOf(name), await compile(name));
}
