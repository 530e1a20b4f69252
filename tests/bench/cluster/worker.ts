/**
 * One of the workers of `bench-cluster`: answers the lines of protocol.ts. `TF_CONFIG` says which one
 * it is; without it, it is alone.
 *
 * @module
 */

import { clusterVariable, readTFConfig } from "../../../lib/distributed/processes/tf_config.ts";
import type { Cluster } from "../../../lib/engine/cluster.ts";
import { compile } from "../../../lib/engine/compile.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { useEngine } from "../../../lib/engine/use_engine.ts";
import { readLines } from "../../../lib/files/read.ts";
import type { Answer, Question, SumWork, Work } from "./protocol.ts";
import { openStep } from "./training.ts";

const config = Deno.env.get(clusterVariable);
const place = config ? readTFConfig(config) : undefined;
const { cluster } = await useEngine({
  engine: "tensorflow",
  ...(place ? { cluster: { ...place, timeoutMinutes: 1 } } : {}),
});
const opened = new Map<string, () => Promise<void>>();
for await (const line of readLines(Deno.stdin.readable)) {
  // Both ends of the pipe are this benchmark's own.
  const question = JSON.parse(line) as Question;
  if ("open" in question) {
    opened.set(question.open, open(question.work, cluster));
    answer({ seconds: [] });
  } else {
    answer({ seconds: await timed(opened.get(question.run)!, question.times) });
  }
}
// Whoever asked is gone; looking after the other workers would go on for ever.
Deno.exit();

function answer(reply: Answer): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(reply)}\n`));
}

function open(work: Work, cluster: Cluster | undefined): () => Promise<void> {
  if (work.kind === "step") return openStep(work, cluster);
  if (!cluster) throw new Error("a sum needs several workers");
  return openSum(work, cluster);
}

function openSum({ bytes }: SumWork, cluster: Cluster): () => Promise<void> {
  const sums = cluster.newAllReduce();
  const sum = compile((tensor: tf.Tensor) => {
    sums.reset();
    return sums.reduce(tensor);
  });
  const tensor = tf.ones([bytes / Float32Array.BYTES_PER_ELEMENT]);
  return async () => tf.dispose(await sum.callAsync(tensor));
}

async function timed(work: () => Promise<void>, times: number): Promise<number[]> {
  const seconds: number[] = [];
  for (let done = 0; done < times; done++) {
    const start = performance.now();
    await work();
    seconds.push((performance.now() - start) / 1000);
  }
  return seconds;
}
