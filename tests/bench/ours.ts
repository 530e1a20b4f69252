/**
 * This library's side of the benchmark, in a process of its own: answers the lines of protocol.ts.
 * `--engine` names what computes.
 *
 * @module
 */

import { parseArgs } from "node:util";
import project from "../../deno.json" with { type: "json" };
import { compile, type Compiled, type Precision } from "../../lib/engine/compile.ts";
import { resolvePrecision } from "../../lib/engine/precision.ts";
import { tf } from "../../lib/engine/tf.ts";
import { type EngineName, engineNames } from "../../lib/engine/engine.ts";
import { useEngine } from "../../lib/engine/use_engine.ts";
import { readLines } from "../../lib/files/read.ts";
import { crossEntropy } from "../../lib/training/step/loss.ts";
import { Optimizer } from "../../lib/training/step/optimizer.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import { initializeVGG } from "../../lib/vgg/initialize.ts";
import type { EpochCase, NetworkCase, Opened, Refused, Stepped } from "./protocol.ts";

/** A case that is ready: how big it is, and what does steps of it. */
interface Ready {
  readonly parameters: number;
  readonly run: (steps: number) => Promise<Stepped>;
}

const { values } = parseArgs({ options: { engine: { type: "string", default: "auto" } } });
const engine = values.engine as "auto" | EngineName;
if (engine !== "auto" && !engineNames.includes(engine)) {
  throw new RangeError(`--engine must be auto, ${engineNames.join(", ")}. Received: ${engine}`);
}

let ready: Ready | undefined;
for await (const line of readLines(Deno.stdin.readable)) {
  // Both ends of the pipe are this benchmark's own.
  const question = JSON.parse(line) as { open: NetworkCase | EpochCase } | { steps: number };
  if ("open" in question) answer(await open(question.open));
  else if (ready) answer(await ready.run(question.steps));
}

function answer(reply: Opened | Refused | Stepped): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(reply)}\n`));
}

async function open(work: NetworkCase | EpochCase): Promise<Opened | Refused> {
  const { name, version, devices } = await useEngine({ engine });
  const versions = `vgg ${project.version} on ${name} ${version} (${devices.join(", ")}), ` +
    `TensorFlow.js ${tf.version.tfjs}, Deno ${Deno.version.deno}`;
  if (work.what === "epoch") {
    const { openEpochs } = await import("./ours_epochs.ts");
    ready = await openEpochs(work);
  } else {
    const refusal = refuse(name, devices, work.precision);
    if (refusal) return { cannot: refusal };
    ready = openNetwork(work);
  }
  return { version: versions, parameters: ready.parameters };
}

function refuse(
  name: EngineName,
  devices: readonly string[],
  precision: Precision,
): string | undefined {
  if (precision === "float32") return undefined;
  if (name !== "tensorflow") return `${name} computes in float32 alone`;
  return resolvePrecision(precision, { name, devices }).note;
}

function openNetwork({ what, precision, size, batch, hidden }: NetworkCase): Ready {
  const model = vgg16(size, hidden);
  const images = Float32Array.from({ length: batch * size * size * 3 }, Math.random);
  const labels = Int32Array.from({ length: batch }, (_, index) => index % 10);
  const train = trainStep(model, precision);
  const predict = compile((x: tf.Tensor) => model.apply(x) as tf.Tensor, {
    precision,
    inference: true,
  });
  const step = async (): Promise<number> => {
    const x = tf.tensor4d(images, [batch, size, size, 3]);
    const y = tf.tensor1d(labels, "int32");
    const result = what === "train" ? await train.callAsync(x, y) : await predict.callAsync(x);
    const [value] = await result.data();
    tf.dispose([x, y, result]);
    return value ?? NaN;
  };
  return { parameters: model.countParams(), run: (steps) => timed(step, steps) };
}

async function timed(step: () => Promise<number>, steps: number): Promise<Stepped> {
  const seconds: number[] = [];
  let value = NaN;
  for (let done = 0; done < steps; done++) {
    const start = performance.now();
    value = await step();
    seconds.push((performance.now() - start) / 1000);
  }
  return { seconds, value };
}

/** The convolutions of VGG16 under a head of any width. */
function vgg16(size: number, hidden: number): tf.LayersModel {
  const base = buildVGG({
    configuration: "D",
    inputSize: size,
    classes: 10,
    head: "small",
  });
  const dense = (units: number, activation: "relu" | "linear"): tf.layers.Layer =>
    tf.layers.dense({ units, activation, kernelInitializer: "zeros" });
  const head = [tf.layers.flatten(), dense(hidden, "relu"), dense(hidden, "relu")];
  const logits = [...head, dense(10, "linear")].reduce(
    (tensor, layer) => layer.apply(tensor) as tf.SymbolicTensor,
    base.getLayer("block5_pool").output as tf.SymbolicTensor,
  );
  const model = tf.model({ inputs: base.inputs, outputs: logits });
  initializeVGG(model, { initializer: "glorot", classifierInitializer: "same", seed: 1 });
  return model;
}

function trainStep(
  model: tf.LayersModel,
  precision: Precision,
): Compiled<readonly [tf.Tensor, tf.Tensor], tf.Tensor> {
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const weightDecay = { kind: "l2", value: 0 } as const;
  const optimizer = new Optimizer(
    variables.map((variable) => ({ name: variable.name, variable })),
    { momentum: 0.9, nesterov: true, weightDecay, clipNorm: 0 },
  );
  return compile((images, labels) => {
    const { value, grads } = tf.variableGrads(() => {
      const logits = model.apply(images, { training: true }) as tf.Tensor2D;
      return crossEntropy(logits, labels as tf.Tensor1D);
    }, variables);
    optimizer.apply(variables.map(({ name }) => grads[name]!), tf.scalar(0.001));
    return value;
  }, { precision });
}
