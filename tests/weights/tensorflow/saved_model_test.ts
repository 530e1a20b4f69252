import { join } from "@std/path";
import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { openWeights } from "../../../lib/weights/open_weights.ts";
import { inFolder } from "../../in_folder.ts";
import { type FormulaNet, formulaNet } from "../onnx/write_graph.ts";
import { frozenNodes, writeFrozen, writeVariables } from "./write_saved_model.ts";

await tf.setBackend("cpu");

const nets: readonly FormulaNet[] = [
  formulaNet({ configuration: "C", inputSize: 64, width: 1 / 64, classes: 3 }),
  formulaNet({
    configuration: "A",
    inputSize: 32,
    width: 1 / 64,
    classes: 3,
    head: "small",
    batchNorm: true,
  }),
];

async function assertArrays(path: string, net: FormulaNet): Promise<void> {
  using weights = await openWeights(path);
  assert.deepEqual([...weights.arrays.keys()].sort(), [...net.arrays.keys()].sort());
  for (const [name, { shape, values }] of net.arrays) {
    const array = weights.arrays.get(name)!;
    assert.deepEqual([...array.shape], shape, name);
    assert.deepEqual([...await array.read()], [...values], name);
  }
  assert.equal(weights.facts.inputSize, net.network.inputSize);
  assert.equal(weights.facts.activation, "softmax");
}

for (const net of nets) {
  const { configuration } = net.network;
  Deno.test(`openWeights() reads ${configuration} from a SavedModel with variables, as Keras writes it`, () =>
    inFolder(async (folder) => {
      await writeVariables(folder, net);
      await assertArrays(folder, net);
      await assertArrays(join(folder, "saved_model.pb"), net);
    }));

  Deno.test(`openWeights() reads ${configuration} from a frozen graph`, () =>
    inFolder(async (folder) => {
      const path = join(folder, "frozen.pb");
      await writeFrozen(path, net);
      await assertArrays(path, net);
    }));
}

Deno.test("openWeights() says what is missing of a SavedModel's variables", () =>
  inFolder(async (folder) => {
    const refused = async (message: RegExp): Promise<void> =>
      await assert.rejects(openWeights(folder), message);
    await writeVariables(folder, nets[1]!);
    const values = join(folder, "variables", "variables.data-00000-of-00001");
    await Deno.truncate(values, 1000);
    await refused(/^WeightsError: .*the values of variables\/\d+\/.* cannot be at bytes/);
    await Deno.remove(values);
    await refused(
      /its values are in variables\/variables\.data-00000-of-00001, which is not there/,
    );
    await Deno.symlink("/dev/zero", values);
    await refused(/^WeightsError: .*saved_model\.pb .*it must be a regular file/);
    await Deno.remove(values);
    await Deno.remove(join(folder, "variables"), { recursive: true });
    await refused(
      /^WeightsError: .*saved_model\.pb is not a SavedModel of a VGG net: the values of its variable shared\/.* are in its folder variables\/, which is not there$/,
    );
  }));

Deno.test("openWeights() refuses functions that call each other without an end, and unknown ones", () =>
  inFolder(async (folder) => {
    const { tensorFlowType } = await import("../../../lib/weights/tensorflow/schema.ts");
    const path = join(folder, "endless.pb");
    const call = (f: string): object => ({
      name: "call",
      op: "PartitionedCall",
      attr: { f: { func: { name: f } } },
    });
    const endless = {
      node: [...await frozenNodes(nets[1]!), call("one")],
      library: {
        function: [{
          signature: { name: "one" },
          node_def: [call("one"), { ...call("one"), name: "b" }],
        }],
      },
    };
    await Deno.writeFile(path, tensorFlowType("GraphDef").encode(endless).finish());
    await assert.rejects(openWeights(path), /its functions call each other without an end/);
    const unknown = { node: [call("two")] };
    await Deno.writeFile(path, tensorFlowType("GraphDef").encode(unknown).finish());
    await assert.rejects(openWeights(path), /its function two is missing/);
  }));
