import { join } from "@std/path";
import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { useEngine } from "../../lib/engine/use_engine.ts";
import { describeWeights } from "../../lib/weights/describe.ts";
import { openWeights } from "../../lib/weights/open_weights.ts";
import { buildNet } from "../../lib/weights/weights.ts";
import { assertClose } from "../assert_close.ts";
import { inFolder } from "../in_folder.ts";
import { peersPython, peersWanted, runScript, testWithPeers } from "./environment.ts";
import { formulaImages } from "./formula.ts";

if (peersWanted) await useEngine();

const options = { configuration: "D", inputSize: 32, classes: 7, width: 1 / 16 } as const;
const plain = [
  ...["checkpoint.tar", "net.pth", "compiled.pth", "parallel.pth", "distributed.pth"],
  ...["lightning.ckpt", "averaged.pth", "tuple.pth", "parameters.pth", "module.pth"],
  ...["wrapped_module.pth", "strided.pth", "sorted.pth", "double.pth", "timm.pth"],
  ...["legacy_checkpoint.tar", "legacy_wrapped_module.pth", "legacy_strided.pth"],
  ...["traced.pt", "scripted.pt", "net.safetensors", "timm.safetensors"],
  ...["model.safetensors.index.json", "list.npz", "compressed.npz", "torch.npz"],
  ...["dictionary.npy", "protocol0.pkl", "protocol2.pkl", "protocol4.pkl", "protocol5.pkl"],
];
/** Those that tell batch normalization by names. */
const withBatchNorm = [
  ...["checkpoint.tar", "lightning.ckpt", "wrapped_module.pth", "sorted.pth", "scripted.pt"],
  ...["net.safetensors", "torch.npz"],
];
const otherHeads = ["cifar_head.pth", "wide_head.pth"];

interface Case {
  readonly format: string;
  readonly batchNorm: boolean;
}

const cases: readonly Case[] = [
  ...plain.map((format) => ({ format, batchNorm: false })),
  ...withBatchNorm.map((format) => ({ format, batchNorm: true })),
  ...otherHeads.map((format) => ({ format, batchNorm: true })),
];

/** Runs the network of a file on the images of tests/peers/torch_wrappings.py. */
async function outputsOf(path: string, part: "logits" | "features"): Promise<Float32Array> {
  using stored = await openWeights(path);
  const weights = describeWeights(stored, {
    ...{ inputSize: 32, preprocessing: "rescale", top: "optional" },
  });
  const { network } = weights.description;
  const model = part === "logits"
    ? await buildNet({ ...network, activation: "linear" }, weights)
    : await buildNet(network, weights);
  const maps = tf.model({ inputs: model.inputs, outputs: model.getLayer("block5_pool").output });
  const outputs = tf.tidy(() => {
    const images = formulaImages(2, 32, 3);
    return part === "logits"
      ? model.predict(images) as tf.Tensor
      : tf.mean(maps.predict(images) as tf.Tensor, [1, 2]);
  });
  try {
    return await outputs.data<"float32">();
  } finally {
    outputs.dispose();
    model.dispose();
  }
}

testWithPeers(
  "PyTorch's files in all their wrappings give its logits, and its features with other classifiers",
  () =>
    inFolder(async (folder) => {
      const jobs = await Promise.all(cases.map(async ({ format, batchNorm }, index) => {
        const own = join(folder, `${index}`);
        await Deno.mkdir(own);
        return { format, options: { ...options, batchNorm }, path: join(own, format) };
      }));
      const interpreter = await peersPython(["torch", "formats"]);
      const printed = await runScript(interpreter, "torch_wrappings.py", JSON.stringify(jobs));
      const expected = JSON.parse(printed.trim().split("\n").at(-1) ?? "") as {
        logits: number[][];
        features: number[][];
      }[];
      for (const [index, { format, path }] of jobs.entries()) {
        const { logits, features } = expected[index]!;
        const isOther = otherHeads.includes(format);
        using stored = await openWeights(path);
        assert.equal(stored.otherHead !== undefined, isOther, format);
        assertClose(await outputsOf(path, "features"), features.flat(), 1e-4);
        if (!isOther) assertClose(await outputsOf(path, "logits"), logits.flat(), 1e-4);
      }
    }),
);
