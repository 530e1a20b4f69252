import { join } from "@std/path";
import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { openNet } from "../../lib/runs/open_net.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import { weightsFile } from "../../lib/weights/file_format.ts";
import type { VGGOptions } from "../../lib/vgg/options.ts";
import { describeWeights } from "../../lib/weights/describe.ts";
import {
  type ExportFormatName,
  exportFormats,
  exportWeights,
} from "../../lib/weights/export/export_weights.ts";
import type { NetDescription } from "../../lib/weights/net.ts";
import { onnxModel } from "../../lib/weights/onnx/onnx_schema.ts";
import { openWeights } from "../../lib/weights/open_weights.ts";
import { saveWeights } from "../../lib/weights/weights.ts";
import { assertClose } from "../assert_close.ts";
import { inFolder } from "../in_folder.ts";
import { formulaImages, setFormulaWeights } from "../peers/formula.ts";

await tf.setBackend("cpu");

const nets: readonly (VGGOptions & { inputSize: number })[] = [
  { configuration: "C", inputSize: 64, width: 1 / 64, dropout: 0.5 },
  {
    configuration: "A",
    inputSize: 32,
    width: 1 / 16,
    head: "small",
    batchNorm: true,
    convBias: false,
  },
];

const cifarNetwork: VGGOptions & { inputSize: number } = {
  ...{ configuration: "S", inputSize: 32, width: 1 / 8, head: "max", whitening: true },
  ...{ nonlinearity: "gelu", batchNorm: true, batchNormScale: false, convBias: false },
};

/** Calls `work` with a saved net and its outputs for some images. */
function withNet(
  network: VGGOptions & { inputSize: number },
  work: (path: string, probabilities: Float32Array, folder: string) => Promise<void>,
): Promise<void> {
  return inFolder(async (folder) => {
    const path = join(folder, "net.safetensors");
    const model = buildVGG({ ...network, classes: 3 });
    setFormulaWeights(model);
    const classes = ["<a>", "b & c", "ß"].map((name, index) => ({ id: `${index}`, name }));
    const description: NetDescription = {
      network: { ...network, classes: 3 },
      classes,
      fit: { mode: "stretch", size: network.inputSize },
      normalization: { kind: "standardize", mean: [1, 2, 3], deviation: [4, 5, 6] },
      flipAtTest: true,
    };
    await saveWeights(model, path, description);
    await work(path, outputsOf(model, network.inputSize), folder);
    model.dispose();
  });
}

function outputsOf(model: tf.LayersModel, size: number): Float32Array {
  return tf.tidy(() =>
    (model.predict(formulaImages(2, size, 3)) as tf.Tensor).dataSync<"float32">()
  );
}

async function exported(path: string, format: ExportFormatName, folder: string): Promise<string> {
  const target = join(folder, `${format}${exportFormats[format].extension}`);
  using weights = describeWeights(await openWeights(path));
  await exportWeights(weights, format, target);
  return target;
}

for (const network of nets) {
  for (
    const format of ["safetensors", "torchvision", "keras", "onnx", "saved-model", "tfjs"] as const
  ) {
    Deno.test(`openNet() restores ${network.configuration} from ${format} with its description`, () =>
      withNet(network, async (path, probabilities, folder) => {
        const before = tf.memory().numTensors;
        const net = await openNet(await exported(path, format, folder));
        assertClose(outputsOf(net.model, network.inputSize), probabilities, 1e-5);
        assert.equal(net.classes[1]?.name, "b & c");
        assert.deepEqual(net.normalization.mean, [1, 2, 3]);
        assert.equal(net.flipAtTest, true);
        net.model.dispose();
        assert.equal(tf.memory().numTensors, before);
      }));
  }

  Deno.test(`TensorFlow.js loads ${network.configuration} from an exported folder`, () =>
    withNet(network, async (path, probabilities, folder) => {
      const target = await exported(path, "tfjs", folder);
      const { modelTopology, weightsManifest } = JSON.parse(
        await Deno.readTextFile(join(target, "model.json")),
      );
      const weightData = (await Deno.readFile(join(target, "weights.bin"))).buffer;
      const weightSpecs = weightsManifest[0].weights;
      const model = await tf.loadLayersModel(
        tf.io.fromMemory({ modelTopology, weightSpecs, weightData }),
      );
      assertClose(outputsOf(model, network.inputSize), probabilities, 1e-5);
      model.dispose();
    }));
}

Deno.test("exportWeights() keeps the network S in the own format, and refuses it in others", () =>
  withNet(cifarNetwork, async (path, probabilities, folder) => {
    const net = await openNet(await exported(path, "safetensors", folder));
    assertClose(outputsOf(net.model, 32), probabilities, 1e-5);
    net.model.dispose();
    for (const format of ["torchvision", "keras", "onnx", "saved-model", "tfjs"] as const) {
      await assert.rejects(exported(path, format, folder), {
        name: "OptionError",
        message: "only the format safetensors has layers that are not the paper's. " +
          `Received: ${format}, for a net with configuration S, whitening, gelu, the head max`,
      });
    }
  }));

Deno.test("exportWeights() stores kernels as float16, which a folder of named weights may hold", () =>
  withNet(cifarNetwork, async (path, probabilities, folder) => {
    const half = join(folder, "named.safetensors");
    {
      using weights = describeWeights(await openWeights(path));
      await exportWeights(weights, "safetensors", half, "float16");
      await assert.rejects(exportWeights(weights, "keras", join(folder, "x.h5"), "float16"), {
        message: "precision must be float32 for keras. Received: float16",
      });
    }
    const [whole, small] = [await Deno.stat(path), await Deno.stat(half)];
    assert.ok(small.size < 0.6 * whole.size, `${small.size} of ${whole.size}`);
    assert.equal(await weightsFile("named", folder), half);
    assert.equal(await weightsFile("other", folder), undefined);
    const net = await openNet(half);
    assertClose(outputsOf(net.model, 32), probabilities, 1e-2);
    net.model.dispose();
    // A changed byte is found by the digest.
    const bytes = await Deno.readFile(half);
    bytes[bytes.length - 5000]! ^= 1;
    await Deno.writeFile(half, bytes);
    await assert.rejects(openWeights(half), /is damaged/);
  }));

Deno.test("exportWeights() writes only the values of arrays that are views of a larger buffer", () =>
  withNet(nets[1]!, async (path, _, folder) => {
    const whole = await exported(path, "tfjs", folder);
    using weights = describeWeights(await openWeights(path));
    const arrays = new Map([...weights.arrays].map(([name, { shape, read }]) => {
      const readView = async (): Promise<Float32Array<ArrayBuffer>> => {
        const values = await read();
        return Float32Array.of(1, ...values, 2).subarray(1, values.length + 1);
      };
      return [name, { shape, read: readView }] as const;
    }));
    const target = join(folder, "views");
    await exportWeights({ ...weights, arrays }, "tfjs", target);
    const [bytes, expected] = await Promise.all(
      [target, whole].map((one) => Deno.readFile(join(one, "weights.bin"))),
    );
    assert.equal(bytes!.length, expected!.length);
    assert.deepEqual(bytes, expected);
  }));

Deno.test("the format torchvision says how to load a net, and why torchvision's own models cannot", () => {
  const { note } = exportFormats.torchvision;
  for (const configuration of ["A", "B", "D", "E"] as const) {
    assert.equal(
      note?.(
        { configuration, batchNorm: true, convBias: false, classes: 10 },
        "nets/a-1.safetensors",
      ),
      `${
        join("nets", "a_1.py")
      } makes the module and loads it: from a_1 import load; model = load()`,
    );
  }
  const text = note?.(
    { configuration: "B", batchNorm: true, inputSize: 64, head: "small" },
    "b.safetensors",
  );
  assert.match(
    text!,
    /\(torchvision's own vgg13_bn\(\) cannot because it has the head small instead of 4096-4096, images of 64/,
  );
  assert.match(
    note?.({ configuration: "C", width: 0.5 }, "c") ?? "",
    /nets cannot because it has configuration C, width 0\.5/,
  );
});

Deno.test("exportWeights() does not write a Python module over a file of others", () =>
  withNet(nets[1]!, async (path, _, folder) => {
    using weights = describeWeights(await openWeights(path));
    const [target, module] = [join(folder, "my-net.safetensors"), join(folder, "my_net.py")];
    await Deno.writeTextFile(module, "import this");
    await assert.rejects(
      exportWeights(weights, "torchvision", target),
      /^OptionError: the module .*my_net\.py would replace a file that is not one of these/,
    );
    assert.equal(await Deno.readTextFile(module), "import this");
    await Deno.remove(module);
    await exportWeights(weights, "torchvision", target);
    await exportWeights(weights, "torchvision", target); // Over its own.
    assert.match(await Deno.readTextFile(module), /nn\.BatchNorm2d\(4\),/);
  }));

Deno.test("graphs of this library say nothing of what is left out: their description has it", () =>
  withNet({ ...nets[0]!, configuration: "A-LRN" }, async (path, probabilities, folder) => {
    for (const format of ["onnx", "saved-model", "torchvision"] as const) {
      const messages: string[] = [];
      const net = await openNet(await exported(path, format, folder), {
        onMessage: (line) => messages.push(line),
      });
      assertClose(outputsOf(net.model, 64), probabilities, 1e-5);
      assert.deepEqual(messages, []);
      net.model.dispose();
    }
  }));

Deno.test("a net that reads gray images goes through each format, and reads RGB here", () =>
  inFolder(async (folder) => {
    const network = {
      configuration: "A",
      inputSize: 32,
      width: 1 / 16,
      channels: 1,
      classes: 3,
    } as const;
    const model = buildVGG(network);
    setFormulaWeights(model);
    const classes = ["a", "b", "c"].map((name) => ({ id: name, name }));
    const path = join(folder, "gray.safetensors");
    await saveWeights(model, path, {
      network,
      classes,
      fit: { mode: "stretch", size: 32 },
      normalization: { kind: "rescale", mean: [0, 0, 0], deviation: [255, 255, 255] },
    });
    const images = formulaImages(2, 32, 1);
    const wanted = tf.tidy(() => (model.predict(images) as tf.Tensor).dataSync<"float32">());
    const colors = tf.tidy(() => images.tile([1, 1, 1, 3]));
    for (const format of Object.keys(exportFormats) as ExportFormatName[]) {
      const messages: string[] = [];
      const net = await openNet(await exported(path, format, folder), {
        onMessage: (line) => messages.push(line),
      });
      const outputs = tf.tidy(() => (net.model.predict(colors) as tf.Tensor).dataSync<"float32">());
      assertClose(outputs, wanted, 1e-5);
      assert.match(messages.join(), /its one channel was taken for gray: 0\.299 red/);
      net.model.dispose();
    }
    model.dispose();
    tf.dispose([images, colors]);
  }));

Deno.test("each format says what images the net wants and what its classes are called", () =>
  withNet(nets[0]!, async (path, _, folder) => {
    const wanted = {
      size: 64,
      resize: { mode: "stretch", size: 64 },
      colors: "RGB",
      pixels: "0 to 255",
      mean: [1, 2, 3],
      deviation: [4, 5, 6],
    };
    const check = (preprocessing: string | undefined, classes: string | undefined): void => {
      assert.deepEqual(JSON.parse(preprocessing!), wanted);
      assert.deepEqual(JSON.parse(classes!), ["<a>", "b & c", "ß"]);
    };
    for (const format of ["safetensors", "torchvision"] as const) {
      const bytes = await Deno.readFile(await exported(path, format, folder));
      const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
      const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
      check(header.__metadata__.preprocessing, header.__metadata__.classes);
    }
    const model = JSON.parse(
      await Deno.readTextFile(
        join(await exported(path, "tfjs", join(folder, "tfjs")), "model.json"),
      ),
    );
    check(model.userDefinedMetadata.preprocessing, model.userDefinedMetadata.classes);
    const asset = JSON.parse(
      await Deno.readTextFile(
        join(await exported(path, "saved-model", join(folder, "tf")), "assets.extra", "vgg.json"),
      ),
    );
    check(asset.preprocessing, asset.classes);
    const { metadata_props } = onnxModel.decode(
      await Deno.readFile(await exported(path, "onnx", folder)),
    ) as unknown as { metadata_props: { key: string; value: string }[] };
    const props = Object.fromEntries(metadata_props.map(({ key, value }) => [key, value]));
    check(props["preprocessing"], props["classes"]);
    const keras = new TextDecoder("latin1").decode(
      await Deno.readFile(await exported(path, "keras", folder)),
    );
    assert.ok(keras.includes('"mean":[1,2,3],"deviation":[4,5,6]'));
  }));

Deno.test("exportWeights() rejects an unknown format, and A-LRN in formats without its layer", () =>
  withNet({ ...nets[0]!, configuration: "A-LRN" }, async (path, _, folder) => {
    using weights = describeWeights(await openWeights(path));
    const write = (format: string): Promise<void> =>
      exportWeights(weights, format as ExportFormatName, join(folder, "exported"));
    await assert.rejects(write("caffe"), /format must be one of safetensors, .*Received: caffe/);
    for (const format of ["keras", "tfjs"]) {
      await assert.rejects(write(format), /^OptionError: .*A-LRN/);
    }
    assert.deepEqual((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name), [
      "net.safetensors",
    ]);
  }));
