import { join } from "@std/path";
import assert from "node:assert/strict";
import { useEngine } from "../../lib/engine/use_engine.ts";
import { openNet } from "../../lib/runs/open_net.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import type { VGGOptions } from "../../lib/vgg/options.ts";
import { describeWeights } from "../../lib/weights/describe.ts";
import { exportWeights } from "../../lib/weights/export/export_weights.ts";
import { torchModulePath } from "../../lib/weights/export/torch_module.ts";
import { openWeights } from "../../lib/weights/open_weights.ts";
import type { PreprocessingName } from "../../lib/weights/preprocessing.ts";
import { saveWeights } from "../../lib/weights/weights.ts";
import { assertClose } from "../assert_close.ts";
import { inFolder } from "../in_folder.ts";
import { peersPython, peersWanted, runScript, testWithPeers } from "./environment.ts";
import { setFormulaWeights } from "./formula.ts";
import { pixelOutputs } from "./pixel_outputs.ts";

if (peersWanted) await useEngine();

/** What tests/peers/graph_files.py prints for each graph. */
interface Written {
  readonly file: string;
  readonly size: number;
  /** What the graph does not say. */
  readonly preprocessing: PreprocessingName | null;
  readonly outputs: readonly (readonly number[])[];
}

async function python(argument: string): Promise<unknown> {
  const interpreter = await peersPython(["keras", "torch", "formats", "graphs"]);
  const printed = await runScript(interpreter, "graph_files.py", argument);
  return JSON.parse(printed.trim().split("\n").at(-1)!);
}

testWithPeers(
  "graphs of PyTorch, tf2onnx and Keras have the same outputs here",
  () =>
    inFolder(async (folder) => {
      const written = await python(folder) as Written[];
      assert.equal(written.length, 18);
      for (const { file, size, preprocessing, outputs } of written) {
        const isLogits = Math.abs(outputs[0]!.reduce((sum, value) => sum + value, 0) - 1) > 1e-4;
        const net = await openNet(join(folder, file), {
          activation: isLogits ? "linear" : "softmax",
          ...(preprocessing ? { preprocessing } : {}),
        });
        assert.equal(net.network.inputSize, size, file);
        const rows = await pixelOutputs(net, size);
        net.model.dispose();
        try {
          assertClose(rows.flat(), outputs.flat(), 1e-4);
        } catch (error) {
          throw new Error(`${file}: ${(error as Error).message}`);
        }
      }
    }),
);

const exported: readonly (VGGOptions & { inputSize: number })[] = [
  { configuration: "A", inputSize: 32, width: 1 / 16, head: "small", batchNorm: true },
  { configuration: "A-LRN", inputSize: 64, width: 1 / 16 },
  { configuration: "C", inputSize: 96, width: 1 / 32, convBias: true },
  { configuration: "D", inputSize: 70, width: 1 / 16, head: "small" },
  { configuration: "E", inputSize: 32, width: 1 / 32, batchNorm: true, convBias: false },
  { configuration: "B", inputSize: 32, width: 1 / 16, channels: 1 },
];

testWithPeers(
  "PyTorch computes the same with the modules that are exported for it",
  () =>
    inFolder(async (folder) => {
      const jobs: object[] = [];
      const wanted: number[][] = [];
      for (const [index, network] of exported.entries()) {
        const { inputSize: size, channels = 3 } = network;
        const options = { ...network, classes: 5 };
        const model = buildVGG(options);
        setFormulaWeights(model);
        const normalization = {
          kind: "standardize",
          mean: [120, 110, 100],
          deviation: [60, 50, 40],
        } as const;
        const path = join(folder, `${index}.safetensors`);
        await saveWeights(model, path, {
          network: options,
          classes: Array.from({ length: 5 }, (_, at) => ({ id: `${at}`, name: `"class" '${at}'` })),
          fit: index % 2 === 0
            ? { mode: "stretch", size }
            : { mode: "crop", size, shortestSide: size },
          normalization,
        });
        wanted.push((await pixelOutputs({ model, normalization }, size, channels)).flat());
        model.dispose();
        const target = join(folder, `net-${index}.safetensors`);
        using weights = describeWeights(await openWeights(path));
        await exportWeights(weights, "torchvision", target);
        jobs.push({ path: torchModulePath(target), size, channels });
      }
      const rows = await python(JSON.stringify(jobs)) as number[][][];
      wanted.forEach((outputs, index) => assertClose(rows[index]!.flat(), outputs, 1e-4));
    }),
);
