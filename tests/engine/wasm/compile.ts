import wabt from "wabt";

const folder = new URL("../../../lib/engine/wasm/", import.meta.url);

/** The names of the WebAssembly modules of the wasm engine. */
export const moduleNames = ["product", "passes"] as const;
type ModuleName = typeof moduleNames[number];

/** Where the compiled module of a name lies. */
export function binaryOf(name: ModuleName): URL {
  return new URL(`${name}.wasm`, folder);
}

/** Compiles a module's text; run as a program, this module writes what it gives beside the text. */
export async function compile(name: ModuleName): Promise<Uint8Array> {
  const { parseWat } = await wabt();
  const text = await Deno.readTextFile(new URL(`${name}.wat`, folder));
  const module = parseWat(`${name}.wat`, text, { simd: true, relaxed_simd: true });
  module.validate();
  return Uint8Array.from(module.toBinary({}).buffer);
}

if (import.meta.main) {
  for (const name of moduleNames) await Deno.writeFile(binaryOf(name), await compile(name));
}
