/** One sum over the workers that `TF_CONFIG` names: prints it as JSON. Its arguments are its own values. */

// deno-lint-ignore-file no-console -- its output is read by the test

import { clusterVariable, readTFConfig } from "../../lib/distributed/processes/tf_config.ts";
import { compile } from "../../lib/engine/compile.ts";
import { tf } from "../../lib/engine/tf.ts";
import { useEngine } from "../../lib/engine/use_engine.ts";

const place = readTFConfig(Deno.env.get(clusterVariable)!)!;
const { cluster } = await useEngine({ cluster: { ...place, timeoutMinutes: 1 } });
const sums = cluster!.newAllReduce();
const sum = compile((values: tf.Tensor) => {
  sums.reset();
  return sums.reduce(values);
});
const total = await cluster!.withTimeout(sum.callAsync(tf.tensor1d(Deno.args.map(Number))));
console.log(JSON.stringify(Array.from(await total.data())));
Deno.exit();
