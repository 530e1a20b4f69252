import wabt from "wabt";

const source = new URL("../../../lib/data/augment/warp.wat", import.meta.url);

/** The compiled warp.wat. */
export const warpBinary = new URL("warp.wasm", source);

/** Compiles warp.wat. Run as a program, this module writes the result to warp.wasm. */
export async function compileWarp(): Promise<Uint8Array> {
  const { parseWat } = await wabt();
  const module = parseWat("warp.wat", await Deno.readTextFile(source), { simd: true });
  module.validate();
  return Uint8Array.from(module.toBinary({}).buffer);
}

if (import.meta.main) await Deno.writeFile(warpBinary, await compileWarp());
