import { join } from "@std/path";
import { useEngine } from "../../lib/engine/choose.ts";
import { tf } from "../../lib/engine/tf.ts";
import { openNet } from "../../lib/training/open_net.ts";
import type { VGGOptions } from "../../lib/vgg/options.ts";
import { describeWeights } from "../../lib/weights/describe.ts";
import {
  type ExportFormatName,
  exportFormats,
  exportWeights,
} from "../../lib/weights/export/export_weights.ts";
import { openWeights } from "../../lib/weights/open_weights.ts";
import { assertClose } from "../assert_close.ts";
import { inFolder } from "../in_folder.ts";
import { peersPython, peersWanted, runScript, testWithPeers } from "./environment.ts";
import { formulaImages } from "./formula.ts";

if (peersWanted) await useEngine();

type Options = VGGOptions & { inputSize: number };

const small = { inputSize: 32, classes: 7, width: 1 / 16 };
const cases: readonly (readonly [string, Options])[] = [
  ["weights.h5", { configuration: "D", inputSize: 224 }],
  ["pth", { configuration: "E", inputSize: 224 }],
  ...(["A", "B", "D", "E"] as const).flatMap((configuration) =>
    [false, true].map((batchNorm) =>
      [batchNorm ? "pth" : "legacy.pth", { ...small, configuration, batchNorm }] as const
    )
  ),
  ["h5", { ...small, configuration: "C" }],
  ["model.h5", { ...small, configuration: "D", head: "small", batchNorm: true }],
];

async function python(...words: string[]): Promise<number[]> {
  const interpreter = await peersPython(["keras", "torch", "formats"]);
  return (JSON.parse(await runScript(interpreter, "weights_files.py", ...words)) as number[][])
    .flat();
}

/** What the net of a file gives for the images of tests/peers/weights_files.py. */
async function outputsOf(
  path: string,
  { inputSize }: Options,
  activation: "softmax" | "linear",
): Promise<Float32Array> {
  const net = await openNet(path, { activation, inputSize });
  const images = formulaImages(2, inputSize, 3);
  const outputs = net.model.predict(images) as tf.Tensor;
  try {
    return await outputs.data<"float32">();
  } finally {
    tf.dispose([images, outputs]);
    net.model.dispose();
  }
}

for (const [format, options] of cases) {
  const { configuration, batchNorm, inputSize } = options;
  const what = `${configuration}${batchNorm ? " with batch norm" : ""} at ${inputSize} px`;
  testWithPeers(
    `${what} gives the same logits from a .${format}, and back in every format`,
    () =>
      inFolder(async (folder) => {
        const path = join(folder, `net.${format}`);
        const json = JSON.stringify(options);
        const logits = await python(format, json, path);
        assertClose(await outputsOf(path, options, "linear"), logits, 1e-4);
        const formats: ExportFormatName[] = format.endsWith("h5")
          ? ["keras", "saved-model", "onnx"]
          : ["torchvision", "onnx"];
        for (const name of formats) {
          const exported = join(folder, `exported${exportFormats[name].extension}`);
          {
            using weights = describeWeights(await openWeights(path), { inputSize });
            await exportWeights(weights, name, exported);
          }
          const wanted = await outputsOf(
            path,
            options,
            name === "torchvision" ? "linear" : "softmax",
          );
          assertClose(wanted, await python("read", name, json, exported), 1e-4);
          if (name === "saved-model") continue;
          const again = await outputsOf(
            exported,
            options,
            name === "torchvision" ? "linear" : "softmax",
          );
          assertClose(again, wanted, 1e-5);
        }
      }),
  );
}
