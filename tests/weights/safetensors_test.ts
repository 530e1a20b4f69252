import { join } from "@std/path";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { openDescribedWeights } from "../../lib/runs/open_net.ts";
import { openWeights } from "../../lib/weights/open_weights.ts";
import { openSafetensors } from "../../lib/weights/safetensors/open_safetensors.ts";
import { writeSafetensors } from "../../lib/weights/safetensors/write_safetensors.ts";
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
    await Deno.writeTextFile(join(folder, "part.bin"), "PK");
    await Deno.writeTextFile(path, JSON.stringify({ weight_map: { a: "part.bin" } }));
    await assert.rejects(openWeights(path), /must name safetensors files, .*Received: part\.bin$/);
    await Deno.writeTextFile(path, '{"weight_map": 1}');
    await assert.rejects(openWeights(path), /^WeightsError: .*it has no weight_map/);
  }));

Deno.test("openDescribedWeights() reads the file of a folder of the Hugging Face Hub", () =>
  inFolder(async (folder) => {
    await Deno.writeFile(join(folder, "model.safetensors"), safetensors(stateDict(true)));
    using weights = await openDescribedWeights(folder);
    assert.equal(weights.path, join(folder, "model.safetensors"));
  }));

/** A file with this header, however it is written, and so many bytes of values. */
function withHeader(header: string, bytes: number): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(header);
  const length = new DataView(new ArrayBuffer(8));
  length.setUint32(0, json.length, true);
  return joined([new Uint8Array(length.buffer), json, new Uint8Array(bytes)]);
}

const entry = (from: number, to: number, shape: number[]): string =>
  JSON.stringify({ dtype: "F32", shape, data_offsets: [from, to] });

for (
  const [what, header, bytes, message] of [
    ["an array twice", `{"a":${entry(0, 4, [1])},"a":${entry(0, 4, [1])}}`, 4, /has "a" twice$/],
    [
      "an array twice, once escaped",
      `{"a":${entry(0, 4, [1])},"\\u0061":${entry(0, 4, [1])}}`,
      4,
      /has "\\u0061" twice$/,
    ],
    [
      "a shape twice",
      `{"a":${entry(0, 4, [1]).replace("{", '{"shape":[2],')}}`,
      4,
      /has "shape" twice$/,
    ],
    [
      "numbers of 8 bits",
      `{"a":${entry(0, 4, [4]).replace("F32", "F8_E4M3")}}`,
      4,
      /its numbers must be F16, BF16, F32 or F64\. Received: F8_E4M3 in a$/,
    ],
    [
      "more sides than an array may have",
      `{"a":${entry(0, 4, Array(65).fill(1))}}`,
      4,
      /its header is malformed$/,
    ],
    ["a key of its metadata twice", `{"__metadata__":{"k":"1","k":"2"}}`, 0, /has "k" twice$/],
    [
      "bytes of no array behind the last one",
      `{"a":${entry(0, 4, [1])}}`,
      12,
      /its last 8 bytes belong to no array$/,
    ],
    [
      "bytes of no array before the first one",
      `{"a":${entry(4, 8, [1])}}`,
      8,
      /cannot be at bytes 4 to 8$/,
    ],
    [
      "arrays that share bytes",
      `{"a":${entry(0, 8, [2])},"b":${entry(4, 8, [1])}}`,
      8,
      /cannot be at bytes/,
    ],
    [
      "a hundred thousand names",
      `{${Array.from({ length: 100_001 }, (_, index) => `"${index}":0`)}}`,
      0,
      /more than 100000 names$/,
    ],
  ] as const
) {
  Deno.test(`openWeights() refuses safetensors with ${what}, and names the file`, () =>
    inFolder(async (folder) => {
      const path = join(folder, "net.safetensors");
      await Deno.writeFile(path, withHeader(header, bytes));
      await assert.rejects(openWeights(path), (error: Error) => {
        assert.match(error.message, message);
        assert.ok(error.message.startsWith(`${path} is not a safetensors file`), error.message);
        return true;
      });
    }));
}

Deno.test("openWeights() takes no memory for a header of 97 MB", () =>
  inFolder(async (folder) => {
    const path = join(folder, "net.safetensors");
    const start = withHeader(`{"a":${entry(0, 4, [1])}}`, 4);
    new DataView(start.buffer).setUint32(0, 97e6, true);
    await Deno.writeFile(path, start);
    await Deno.truncate(path, 2e8);
    const before = Deno.memoryUsage().rss;
    await assert.rejects(openWeights(path), /cannot have 97000000 of its 200000000 bytes/);
    assert.ok(Deno.memoryUsage().rss - before < 5e7);
  }));

const kernel = Float32Array.of(1, -2, 0.5, 3, 0, 7);

/** Writes a small file and returns its path. */
async function writeSmall(folder: string): Promise<string> {
  const path = join(folder, "small.safetensors");
  const shapes = new Map([["conv/kernel", [2, 3]], ["conv/bias", [0]]]);
  const read = (name: string): Promise<Float32Array> =>
    Promise.resolve(name === "conv/kernel" ? kernel : new Float32Array());
  await writeSafetensors(path, shapes, read, { vgg: "A", format: "pt" });
  return path;
}

Deno.test("writeSafetensors() stores the SHA-256 of metadata, names, shapes and values", () =>
  inFolder(async (folder) => {
    using file = await openSafetensors(await writeSmall(folder));
    const sha256 = createHash("sha256")
      .update('[["format","pt"],["vgg","A"]]').update('["conv/kernel",[2,3]]')
      .update(new Uint8Array(kernel.buffer)).update('["conv/bias",[0]]').digest("hex");
    assert.deepEqual(file.metadata, { sha256, vgg: "A", format: "pt" });
    assert.deepEqual(await file.arrays.get("conv/kernel")!.read(), kernel);
  }));

Deno.test("openSafetensors() finds every flipped bit that changes what a file says", () =>
  inFolder(async (folder) => {
    const path = await writeSmall(folder);
    const whole = await Deno.readFile(path);
    const read = async (): Promise<unknown> => {
      using file = await openSafetensors(path);
      const { sha256: _, ...metadata } = file.metadata;
      const kernel = await file.arrays.get("conv/kernel")!.read();
      return { metadata, names: [...file.arrays.keys()], kernel };
    };
    const wanted = await read();
    let damaged = 0;
    for (let bit = 0; bit < 8 * whole.length; bit++) {
      const bytes = whole.slice();
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      await Deno.writeFile(path, bytes);
      try {
        // A flip in the digest's own key only turns it into other metadata.
        const { metadata, ...others } = await read() as { metadata: Record<string, string> };
        const { vgg, format } = metadata;
        assert.deepEqual({ metadata: { vgg, format }, ...others }, wanted, `bit ${bit}`);
      } catch (error) {
        assert.match(`${error}`, /^WeightsError: \S+small\.safetensors is [^\n]+$/);
        if (`${error}`.endsWith("is damaged: its digest is another")) damaged++;
      }
    }
    assert.ok(damaged >= 8 * kernel.byteLength);
  }));
