import type { AllReduce, Cluster } from "../../../lib/engine/cluster.ts";
import { compile } from "../../../lib/engine/compile.ts";
import { withControlDependency } from "../../../lib/engine/tensorflow/kernels/run.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { allReduce } from "../../../lib/training/step/all_reduce.ts";
import { lossGradients } from "../../../lib/training/step/gradients.ts";
import { Optimizer } from "../../../lib/training/step/optimizer.ts";
import { buildVGG } from "../../../lib/vgg/build.ts";
import type { VGGOptions } from "../../../lib/vgg/options.ts";
import type { Exchange, StepWork } from "./protocol.ts";

/** Small enough for random images. */
const rate = 1e-3;

/** What steps of one network have in common. */
interface Net {
  readonly model: tf.LayersModel;
  readonly variables: readonly tf.Variable[];
  readonly optimizer: Optimizer;
}

const nets = new Map<string, Net>();

/** Readies steps of training on random images: those of `TrainingStep`, but for what `exchange` changes. */
export function openStep(work: StepWork, cluster: Cluster | undefined): () => Promise<void> {
  const { network, batch, precision, exchange } = work;
  const net = netOf(network);
  const [, size] = net.model.inputs[0]!.shape;
  const images = tf.randomUniform<tf.Rank.R4>([batch, size!, size!, 3]);
  const labels = tf.tensor1d(Int32Array.from({ length: batch }, (_, index) => index % 10), "int32");
  const seed = tf.tensor1d([1, 2], "int32");
  const sums = cluster?.newAllReduce();
  const step = compile((images: tf.Tensor4D, labels: tf.Tensor1D, seed: tf.Tensor1D) => {
    sums?.reset();
    const part = { images, labels, seed, labelSmoothing: 0 };
    const all = exchange && cluster && sums
      ? summedGradients(net, part, exchange, { cluster, sums })
      : ownGradients(net, part);
    net.optimizer.apply(all.slice(0, -1), tf.scalar(rate));
    return all.at(-1)!;
  }, { precision });
  return async () => {
    const summary = await step.callAsync(images, labels, seed);
    const [loss] = await summary.data();
    summary.dispose();
    if (!Number.isFinite(loss)) throw new Error(`a step gave no number. Received: ${loss}`);
  };
}

/** The weights of a network are there once, whatever steps are done with them. */
function netOf(network: VGGOptions): Net {
  const name = JSON.stringify(network);
  const known = nets.get(name);
  if (known) return known;
  const model = buildVGG({ classes: 10, ...network, activation: "linear" });
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const weightDecay = { kind: "l2", value: 0 } as const;
  const optimizer = new Optimizer(
    variables.map((variable) => ({ name: variable.name, variable })),
    { momentum: 0.9, nesterov: true, weightDecay, clipNorm: 0 },
  );
  nets.set(name, { model, variables, optimizer });
  return { model, variables, optimizer };
}

type Part = Parameters<typeof lossGradients>[2];

/** The gradients of a worker's own part, and after them what it gave. */
function ownGradients({ model, variables }: Net, part: Part): tf.Tensor[] {
  const { gradients, summary } = lossGradients(model, variables, part);
  return [...gradients, summary];
}

/** The same of all workers. */
function summedGradients(
  net: Net,
  part: Part,
  { messageBytes, overlaps, sharesStatistics }: Exchange,
  { cluster: { index, size: of }, sums }: { readonly cluster: Cluster; readonly sums: AllReduce },
): tf.Tensor[] {
  const replica = { allReduce: sums, index, of, sampleMask: tf.scalar(1) };
  const own = ownGradients(net, {
    ...part,
    batchFraction: tf.scalar(1 / of),
    ...(sharesStatistics ? { replica } : {}),
  });
  // The first layer's gradients are the last that a backward pass has.
  const last = own[0]!;
  const ready = overlaps ? own : own.map((tensor) => withControlDependency(tensor, last));
  return allReduce(ready, sums, messageBytes);
}
