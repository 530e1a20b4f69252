import { join } from "@std/path";
import assert from "node:assert/strict";
import { describeWeights } from "../../../lib/weights/describe.ts";
import { openNumpy } from "../../../lib/weights/numpy/numpy_file.ts";
import { openWeights } from "../../../lib/weights/open_weights.ts";
import { inFolder } from "../../in_folder.ts";
import { stateDict } from "../torch/tiny_net.ts";
import { pickle, PythonObject, writeTorch } from "../torch/write_torch.ts";
import { joined, zipFile } from "../zip_file.ts";
import { files, npy, npz, ofFloats, torch } from "./numpy_files.ts";

async function read(path: string): Promise<Map<string, number[]>> {
  using weights = describeWeights(await openWeights(path));
  const values = new Map<string, number[]>();
  for (const [name, { shape, read }] of weights.arrays) {
    values.set(name, [...shape, ...await read()]);
  }
  return values;
}

for (const [name, bytes] of Object.entries(files)) {
  Deno.test(`openWeights() reads ${name} as it reads the state dictionary with the same numbers`, () =>
    inFolder(async (folder) => {
      await writeTorch(join(folder, "net.pth"), stateDict());
      await Deno.writeFile(join(folder, name), bytes);
      assert.deepEqual(await read(join(folder, name)), await read(join(folder, "net.pth")));
    }));
}

Deno.test("openWeights() reads a state dictionary with batch normalization from an .npz file", () =>
  inFolder(async (folder) => {
    const real = new Map([...stateDict(true)].filter(([, { type }]) => type === "FloatStorage"));
    const names = [...real.keys()];
    const arrays = [...real.values()].map(({ shape, bytes }) => ({
      shape,
      values: new Float32Array(Uint8Array.from(bytes).buffer),
    }));
    await writeTorch(join(folder, "net.pth"), real);
    await Deno.writeFile(join(folder, "net.npz"), npz(arrays, (index) => names[index]!));
    assert.deepEqual(await read(join(folder, "net.npz")), await read(join(folder, "net.pth")));
  }));

Deno.test("openNumpy() inflates no more than the header of an array until it is read", () =>
  inFolder(async (folder) => {
    const values = crypto.getRandomValues(new Uint8Array(2 ** 16));
    const several = joined(Array.from({ length: 8 }, () => values));
    const whole = npy("<f4", [several.length / 4], several);
    const path = join(folder, "net.npz");
    const bytes = zipFile(new Map([["a.npy", whole]]), { compressed: true });
    await Deno.writeFile(path, bytes);
    {
      using file = await openNumpy(path, "npz");
      const read = await file.arrays.get("a")!.read();
      assert.deepEqual(new Uint8Array(read.buffer), several);
    }
    await Deno.writeFile(path, bytes.fill(0xff, bytes.length / 2, bytes.length - 1000));
    using damaged = await openNumpy(path, "npz");
    assert.deepEqual(damaged.arrays.get("a")!.shape, [several.length / 4]);
    await assert.rejects(damaged.arrays.get("a")!.read(), /^WeightsError: an entry is damaged$/);
  }));

Deno.test("openWeights() rejects NumPy's files without a net, and says what they hold", () =>
  inFolder(async (folder) => {
    const wrong: readonly (readonly [Uint8Array<ArrayBuffer>, RegExp])[] = [
      [joined([ofFloats(torch[0]!)]), /it holds one array, of shape \[2,3,3,3\]/],
      [
        npz(torch.slice(0, 4), (index) => `w${index}`),
        /its arrays \(w0, w1, w2, …\) are of no VGG net/,
      ],
      [
        zipFile(new Map([["a.npy", npy("<f4", [9], new Uint8Array(8))]])),
        /shape \[9\] cannot have 8 bytes/,
      ],
      [zipFile(new Map([["a.npy", npy(">f4", [2], new Uint8Array(8))]])), /little-endian/],
      [pickle(new PythonObject("posix", "system", ["true"])), /no arrays of real numbers/],
      [pickle(["torch", 1]), /torch\.save\(model\.state_dict\(\), PATH\)/],
    ];
    for (const [bytes, message] of wrong) {
      const path = join(folder, "wrong");
      await Deno.writeFile(path, bytes);
      await assert.rejects(openWeights(path), (error: Error) => {
        assert.match(`${error}`, /^WeightsError: .*wrong/);
        assert.match(error.message, message);
        return true;
      });
    }
  }));
