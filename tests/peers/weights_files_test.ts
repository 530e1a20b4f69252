import { join } from "@std/path";
import { tf } from "../../lib/engine/tf.ts";
import { useEngine } from "../../lib/engine/use_engine.ts";
import { openNet } from "../../lib/runs/open_net.ts";
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

/** A file for tests/peers/weights_files.py to write, or to read. */
interface Job {
  readonly format: string;
  readonly options: VGGOptions & { inputSize: number };
  readonly path: string;
  readonly read?: true;
}

type Case = Pick<Job, "format" | "options">;

/**
 * Leaves the order of the channels as the frameworks read it. The guess for a Keras file with 1000
 * classes is that of Keras's published nets, which read BGR.
 */
const preprocessing = "rescale";

const small = { inputSize: 32, classes: 7, width: 1 / 16 };
const torchvision: Case[] = (["A", "B", "D", "E"] as const).flatMap((configuration) => [
  { format: "legacy.pth", options: { ...small, configuration } },
  { format: "pth", options: { ...small, configuration, batchNorm: true } },
]);
const keras: Case[] = [
  { format: "h5", options: { ...small, configuration: "C" } },
  { format: "weights.h5", options: { ...small, configuration: "E", batchNorm: true } },
  { format: "model.h5", options: { ...small, configuration: "D", head: "small" } },
];

testWithPeers(
  "torchvision's eight nets give the same logits here, and back in PyTorch and ONNX Runtime",
  () => thereAndBack(torchvision, ["torchvision", "onnx"]),
);
testWithPeers(
  "Keras's files give the same logits here, and back in Keras, TensorFlow and ONNX Runtime",
  () => thereAndBack(keras, ["keras", "saved-model", "onnx"]),
);
testWithPeers(
  "VGG16 of Keras at full size gives the same logits here, and back in Keras",
  () =>
    thereAndBack([{ format: "weights.h5", options: { inputSize: 224, configuration: "D" } }], [
      "keras",
    ]),
);
testWithPeers(
  "VGG19 of torchvision at full size gives the same logits here, and back in PyTorch",
  () =>
    thereAndBack([{ format: "pth", options: { inputSize: 224, configuration: "E" } }], [
      "torchvision",
    ]),
);

/** Reads files that a framework wrote, exports them, and lets the frameworks read those. */
function thereAndBack(cases: readonly Case[], formats: readonly ExportFormatName[]): Promise<void> {
  return inFolder(async (folder) => {
    const written = cases.map((one, index) => ({
      ...one,
      path: join(folder, `${index}.${one.format}`),
    }));
    const logits = await python(written);
    const exported: Job[] = [];
    const wanted: Float32Array[] = [];
    for (const [index, { path, options }] of written.entries()) {
      assertClose(await outputsOf(path, options, "linear"), logits[index], 1e-4);
      for (const format of formats) {
        const target = join(folder, `${index}-${format}${exportFormats[format].extension}`);
        using weights = describeWeights(await openWeights(path), {
          inputSize: options.inputSize,
          preprocessing,
        });
        await exportWeights(weights, format, target);
        exported.push({ format, options, path: target, read: true });
        wanted.push(
          await outputsOf(path, options, format === "torchvision" ? "linear" : "softmax"),
        );
      }
    }
    const read = await python(exported);
    wanted.forEach((outputs, index) => assertClose(read[index], outputs, 1e-4));
  });
}

async function python(jobs: readonly Job[]): Promise<number[][]> {
  const interpreter = await peersPython(["keras", "torch", "formats"]);
  const printed = await runScript(interpreter, "weights_files.py", JSON.stringify(jobs));
  return (JSON.parse(printed.trim().split("\n").at(-1) ?? "") as number[][][]).map((rows) =>
    rows.flat()
  );
}

/** What the net of a file gives for the images of tests/peers/weights_files.py. */
async function outputsOf(
  path: string,
  { inputSize }: Job["options"],
  activation: "softmax" | "linear",
): Promise<Float32Array> {
  const net = await openNet(path, { activation, inputSize, preprocessing });
  const images = formulaImages(2, inputSize, 3);
  const outputs = net.model.predict(images) as tf.Tensor;
  try {
    return await outputs.data<"float32">();
  } finally {
    tf.dispose([images, outputs]);
    net.model.dispose();
  }
}
