import { join } from "@std/path";
import assert from "node:assert/strict";
import { openWeights } from "../../lib/weights/open_weights.ts";
import { inFolder } from "../in_folder.ts";
import { stateDict } from "./torch/tiny_net.ts";
import { type Tensor, writeTorch } from "./torch/write_torch.ts";
import { joined } from "./zip_file.ts";

/** A safetensors file as the library of that name writes it: sorted by name, integers among the rest. */
function safetensors(tensors: ReadonlyMap<string, Tensor>): Uint8Array<ArrayBuffer> {
  const sorted = [...tensors].sort(([a], [b]) => a < b ? -1 : 1);
  let offset = 0;
  const header = Object.fromEntries(sorted.map(([name, { shape, bytes, type }]) => {
    const data_offsets = [offset, offset += bytes.length];
    return [name, { dtype: type === "LongStorage" ? "I64" : "F32", shape, data_offsets }];
  }));
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = new DataView(new ArrayBuffer(8));
  length.setUint32(0, json.length, true);
  return joined([new Uint8Array(length.buffer), json, ...sorted.map(([, { bytes }]) => bytes)]);
}

async function valuesOf(path: string): Promise<Map<string, number[]>> {
  using weights = await openWeights(path);
  const values = new Map<string, number[]>();
  for (const [name, { shape, read }] of weights.arrays) {
    values.set(name, [...shape, ...await read()]);
  }
  return values;
}

Deno.test("openWeights() skips integers in safetensors, and orders names by their numbers", () =>
  inFolder(async (folder) => {
    await writeTorch(join(folder, "net.pth"), stateDict(true));
    const path = join(folder, "net.safetensors");
    await Deno.writeFile(path, safetensors(stateDict(true)));
    assert.deepEqual(await valuesOf(path), await valuesOf(join(folder, "net.pth")));
  }));

Deno.test("openWeights() reads safetensors in several files by their index", () =>
  inFolder(async (folder) => {
    const all = [...stateDict(true)];
    const parts = [new Map(all.slice(0, 30)), new Map(all.slice(30))];
    const weight_map: Record<string, string> = {};
    for (const [number, part] of parts.entries()) {
      const name = `model-0000${number + 1}-of-00002.safetensors`;
      await Deno.writeFile(join(folder, name), safetensors(part));
      for (const array of part.keys()) weight_map[array] = name;
    }
    const path = join(folder, "model.safetensors.index.json");
    await Deno.writeTextFile(path, JSON.stringify({ metadata: { total_size: 1 }, weight_map }));
    await writeTorch(join(folder, "net.pth"), stateDict(true));
    assert.deepEqual(await valuesOf(path), await valuesOf(join(folder, "net.pth")));
    await Deno.remove(join(folder, "model-00002-of-00002.safetensors"));
    await assert.rejects(
      openWeights(path),
      /names model-00002-of-00002\.safetensors, which must be/,
    );
    await Deno.writeTextFile(path, JSON.stringify({ weight_map: { a: "../net.pth" } }));
    await assert.rejects(openWeights(path), /names \.\.\/net\.pth, which must be a file beside it/);
    await Deno.writeTextFile(path, '{"weight_map": 1}');
    await assert.rejects(openWeights(path), /^WeightsError: .*it has no weight_map/);
  }));
