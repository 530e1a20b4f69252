import { join } from "@std/path";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { describeWeights } from "../../lib/weights/describe.ts";
import { WeightsError } from "../../lib/weights/errors.ts";
import { exportWeights } from "../../lib/weights/export/export_weights.ts";
import { legacyMagic } from "../../lib/weights/file_format.ts";
import { openKeras } from "../../lib/weights/keras/keras_h5.ts";
import { openWeights } from "../../lib/weights/open_weights.ts";
import { inFolder } from "../in_folder.ts";
import golden from "./golden/weights_files.json" with { type: "json" };

const mutations = 100;

/** Reads everything in a file that building a net would read. */
async function readWhole(path: string): Promise<void> {
  using opened = await openWeights(path);
  const weights = describeWeights(opened);
  for (const { read } of weights.arrays.values()) await read();
}

function goldenPath(file: string): string {
  return fileURLToPath(new URL(`golden/${file}`, import.meta.url));
}

for (const file of ["hostile.pth", "hostile.legacy.pth"]) {
  Deno.test(`openWeights() rejects ${file}, names the code in it, and does not run it`, async () => {
    await assert.rejects(
      readWhole(goldenPath(file)),
      /^WeightsError: .*posix\.system.*nothing in it was run/,
    );
    await assert.rejects(Deno.stat("hostile_code_ran"), Deno.errors.NotFound);
  });
}

/** The bytes of a committed file, or of one that is exported as ONNX. */
async function bytesOf(file: string, folder: string): Promise<Uint8Array> {
  if (file !== "exported.onnx") return await Deno.readFile(goldenPath(file));
  using weights = describeWeights(await openWeights(goldenPath("torch.pth")));
  await exportWeights(weights, "onnx", join(folder, file));
  return await Deno.readFile(join(folder, file));
}

const files = [...golden.nets.map(({ file }) => file), "fine_tuned.h5", "fine_tuned.keras"];

for (const file of [...files, "exported.onnx"]) {
  Deno.test(`openWeights() rejects ${file} truncated at any length, and names its path`, () =>
    inFolder(async (folder) => {
      const whole = await bytesOf(file, folder);
      const path = join(folder, file);
      for (let part = 0; part < 24; part++) {
        await Deno.writeFile(path, whole.subarray(0, Math.floor(part * whole.length / 24)));
        await assert.rejects(readWhole(path), (error: Error) => {
          assert.ok(error instanceof WeightsError && error.message.includes(path), `${error}`);
          return true;
        });
      }
    }));

  Deno.test(`openWeights() reads ${file} with any bytes changed, or rejects it and names its path`, () =>
    inFolder(async (folder) => {
      const whole = await bytesOf(file, folder);
      const path = join(folder, file);
      const random = xoroshiro128plus(1);
      for (let round = 0; round < mutations; round++) {
        const changed = whole.slice();
        // The start and the end of a file hold structure rather than plain numbers.
        const from = round % 3 === 0 ? Math.max(0, whole.length - 4096) : 0;
        const to = round % 3 === 1 ? Math.min(4096, whole.length) : whole.length;
        for (let count = uniformInt(random, 1, 8); count > 0; count--) {
          changed[uniformInt(random, from, to - 1)] = uniformInt(random, 0, 255);
        }
        await Deno.writeFile(path, changed);
        await readWhole(path).catch((error: Error) => {
          assert.ok(
            error instanceof WeightsError && error.message.includes(path),
            `${error.stack}`,
          );
        });
      }
    }));
}

Deno.test("openWeights() rejects an ONNX file of gigabytes of zeros, or of too many fields", () =>
  inFolder(async (folder) => {
    const path = join(folder, "huge.onnx");
    await Deno.writeFile(path, Uint8Array.of(0x08, 7));
    await Deno.truncate(path, 2 ** 33); // A sparse file, which takes no space on the disk.
    await assert.rejects(readWhole(path), /^WeightsError: .*huge\.onnx .*a field has no number/);
    await Deno.writeFile(path, new Uint8Array(400_000).map((_, at) => at % 2 === 0 ? 0x08 : 7));
    await assert.rejects(readWhole(path), /^WeightsError: .*huge\.onnx .*than 100000 fields/);
  }));

/** The pickle of 50 nested lists, which takes a few bytes per level and would be 2⁵⁰ words as text. */
function pickledNest(): number[] {
  const memoize = (level: number): number[] => [0x71, level];
  const recall = (level: number): number[] => [0x68, level];
  const first = [0x5d, 0x28, 0x4b, 1, 0x65, ...memoize(0), 0x30];
  const levels = Array.from({ length: 50 }, (_, level) => [
    ...[0x5d, 0x28, ...recall(level), ...recall(level), 0x65, ...memoize(level + 1), 0x30],
  ]);
  return [...first, ...levels.flat(), ...recall(50)];
}

Deno.test("openWeights() does not format lists in a pickle, whose text could have any length", () =>
  inFolder(async (folder) => {
    const path = join(folder, "nest.pth");
    const proto = [0x80, 2];
    const version = [...proto, 0x4d, 0xe9, 0x03, 0x2e];
    const machine = [...proto, 0x7d, 0x2e];
    const tensors = [...proto, 0x7d, ...pickledNest(), 0x4e, 0x73, 0x2e];
    const empty = [...proto, 0x7d, 0x2e];
    const keys = [...proto, 0x5d, 0x28, ...pickledNest(), 0x65, 0x2e];
    const inNames = [...legacyMagic, ...version, ...machine, ...tensors, ...proto, 0x5d, 0x2e];
    await Deno.writeFile(path, Uint8Array.from(inNames));
    await assert.rejects(readWhole(path), /^WeightsError: .*it has no tensors/);
    const inKeys = [...legacyMagic, ...version, ...machine, ...empty, ...keys];
    await Deno.writeFile(path, Uint8Array.from(inKeys));
    await assert.rejects(readWhole(path), /^WeightsError: .*it has a storage without a tensor/);
  }));

Deno.test("describeWeights() rejects the description of an impossible net, in one line", () =>
  inFolder(async (folder) => {
    using weights = describeWeights(await openWeights(goldenPath("torch.pth")));
    const path = join(folder, "net.safetensors");
    const odd = [
      ...[{ width: -1 }, { width: "wide" }, { configuration: "F\n\u001b[2J" }, { inputSize: 1 }],
      ...[{ inputSize: 1e300 }, { dropout: {} }, { unknown: 1 }],
    ];
    for (const change of odd) {
      const network = { ...weights.description.network, ...change } as never;
      await exportWeights(
        { ...weights, description: { ...weights.description, network } },
        "safetensors",
        path,
      );
      await assert.rejects(readWhole(path), (error: Error) => {
        assert.ok(error instanceof WeightsError && error.message.includes(path), `${error}`);
        // deno-lint-ignore no-control-regex -- no characters that control terminals
        assert.doesNotMatch(error.message, /[\x00-\x1f]/);
        return true;
      });
    }
  }));

Deno.test("openKeras() rejects a file on which libhdf5 never finishes", () =>
  inFolder(async (folder) => {
    const path = join(folder, "endless.h5");
    // Found by `deno task fuzz`: one more byte in the tree of a group's names. The rest is zeros.
    await Deno.writeFile(path, await Deno.readFile(goldenPath("endless.hdf5")));
    await Deno.truncate(path, 78_714);
    await assert.rejects(
      openKeras(path, { timeoutSeconds: 5 }),
      /^WeightsError: .*HDF5 did not finish within 5 s/,
    );
    // The next file is read normally.
    using next = await openKeras(goldenPath("keras.h5"));
    assert.equal(next.layers().convolutions.length, 13);
  }));

Deno.test("openWeights() rejects a zip file whose directory is outside any possible file", () =>
  inFolder(async (folder) => {
    const whole = await Deno.readFile(goldenPath("torch.pth"));
    const path = join(folder, "far.pth");
    const end = whole.slice(-22);
    end.fill(0xff, 8, 20); // The values are in the 64-bit record instead.
    for (const position of [2n ** 53n, 2n ** 62n, 2n ** 64n - 1n, BigInt(whole.length)]) {
      const locator = new DataView(new ArrayBuffer(20));
      locator.setUint32(0, 0x07064b50, true);
      locator.setBigUint64(8, position, true); // The position of that record.
      locator.setUint32(16, 1, true);
      const parts = [whole.subarray(0, -22), new Uint8Array(locator.buffer), end];
      await Deno.writeFile(path, Uint8Array.from(parts.flatMap((part) => [...part])));
      await assert.rejects(readWhole(path), /^WeightsError: .*far\.pth/);
    }
  }));
