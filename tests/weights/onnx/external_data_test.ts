import { join } from "@std/path";
import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { openWeights } from "../../../lib/weights/open_weights.ts";
import { inFolder } from "../../in_folder.ts";
import { type FormulaNet, formulaNet, onnxBytes, type TensorMessage } from "./write_graph.ts";

await tf.setBackend("cpu");

const net = formulaNet({
  configuration: "A",
  inputSize: 32,
  width: 1 / 64,
  classes: 3,
  head: "small",
});

/** Where a tensor's values are, instead of the place in `net.onnx.data`. */
type Entries = Readonly<Record<string, string>>;

/** Writes a net whose values are in a file beside it, as PyTorch does since 2.9. */
async function writeExternal(
  folder: string,
  { arrays }: FormulaNet,
  changed: Entries = {},
): Promise<string> {
  const parts: Uint8Array[] = [];
  let offset = 0;
  const store = (name: string, dims: readonly number[], values: Float32Array): TensorMessage => {
    const bytes = new Uint8Array(Float32Array.from(values).buffer);
    parts.push(bytes);
    const entries = {
      location: "net.onnx.data",
      offset: `${offset}`,
      length: `${bytes.length}`,
      ...changed,
    };
    offset += bytes.length;
    return {
      name,
      dims,
      data_type: 1,
      data_location: 1,
      external_data: Object.entries(entries).map(([key, value]) => ({ key, value })),
    };
  };
  const path = join(folder, "net.onnx");
  await Deno.writeFile(path, onnxBytes({ ...net, arrays }, { store }));
  await Deno.writeFile(
    join(folder, "net.onnx.data"),
    await new Blob(parts.map((part) => Uint8Array.from(part))).bytes(),
  );
  return path;
}

Deno.test("openWeights() reads the values of an ONNX net from a file beside it", () =>
  inFolder(async (folder) => {
    using weights = await openWeights(await writeExternal(folder, net));
    for (const [name, { shape, values }] of net.arrays) {
      const array = weights.arrays.get(name)!;
      assert.deepEqual([...array.shape], shape);
      assert.deepEqual([...await array.read()], [...values]);
    }
  }));

Deno.test("openWeights() says which file of an ONNX net's values is not there", () =>
  inFolder(async (folder) => {
    const path = await writeExternal(folder, net);
    await Deno.remove(join(folder, "net.onnx.data"));
    await assert.rejects(
      openWeights(path),
      /net\.onnx is not an ONNX file of a VGG net: its values are in net\.onnx\.data, which is not there$/,
    );
  }));

Deno.test("openWeights() opens no files elsewhere for an ONNX net, and checks their bytes", () =>
  inFolder(async (folder) => {
    const inner = join(folder, "inner");
    await Deno.mkdir(join(inner, "folder"), { recursive: true });
    await Deno.writeFile(join(folder, "secret"), new Uint8Array(1e5));
    await Deno.symlink(join(folder, "secret"), join(inner, "link"));
    const refused = async (entries: Entries, message: RegExp): Promise<void> =>
      await assert.rejects(openWeights(await writeExternal(inner, net, entries)), message);
    for (
      const location of [
        "../secret",
        join(folder, "secret"),
        "folder/../../secret",
        "..\\secret",
        "C:\\secret",
        "",
      ]
    ) {
      await refused({ location }, /^WeightsError: .*its values must be in a file beside it/);
    }
    await refused({ location: "link" }, /its values are in link, a link that leads elsewhere/);
    await refused({ location: "folder" }, /its values are in folder, which is not a file/);
    await refused({ offset: "1000000" }, /cannot be at 1000000, length \d+, of the \d+ bytes/);
    await refused({ offset: "-4" }, /must be a whole number\. Received: -4/);
    await refused({ offset: "1e3" }, /must be a whole number\. Received: 1e3/);
    await refused({ length: "8" }, /length 8, of/);
    // A link within the folder is followed.
    const path = await writeExternal(inner, net);
    await Deno.rename(join(inner, "net.onnx.data"), join(inner, "folder", "values"));
    await Deno.symlink(join("folder", "values"), join(inner, "net.onnx.data"));
    (await openWeights(path))[Symbol.dispose]();
  }));
