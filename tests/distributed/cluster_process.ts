/**
 * Starts workers in the private network that it was started in, sends a signal to one of them, and
 * prints how all ended as JSON. Its argument is an {@linkcode DrawRequest}.
 */

// deno-lint-ignore-file no-console -- its output is read by the test

import { setTimeout as sleep } from "node:timers/promises";
import { enterPrivateNetwork } from "../../lib/distributed/processes/private_network.ts";
import { localWorkers } from "../../lib/distributed/processes/tf_config.ts";
import { stepsOf } from "../training/killed_run.ts";
import type { Order, WorkerEnd } from "./in_cluster.ts";

const order: Order = JSON.parse(Deno.args[0]!);
enterPrivateNetwork();
const children = localWorkers(order.words.length, []).map(({ env }, index) => {
  const [program, ...args] = order.words[index]!;
  const streams = { stdin: "null", stdout: "piped", stderr: "piped" } as const;
  return new Deno.Command(program!, { args, env: { ...env, ...order.env }, ...streams }).spawn();
});
let signaled = NaN;
let ended = false;
if (order.signal) sendSignal(order.signal);
const ends = await Promise.all(children.map(waitFor));
ended = true;
console.log(JSON.stringify(ends));
Deno.exit();

async function sendSignal({ to, name, after, once }: NonNullable<Order["signal"]>): Promise<void> {
  while (once && !ended && (await stepsOf(once.directory) ?? -1) < once.steps) await sleep(20);
  await sleep(after);
  if (ended) return;
  signaled = performance.now();
  send(children[to]!, name);
}

async function waitFor(child: Deno.ChildProcess, index: number): Promise<WorkerEnd> {
  const output = child.output();
  if (order.signal?.name === "SIGSTOP" && order.signal.to === index) {
    // It ends nothing by itself, and is in nobody's way once the others have ended.
    await Promise.all(children.filter((other) => other !== child).map(({ status }) => status));
    send(child, "SIGKILL");
  }
  const { code, signal, stdout, stderr } = await output;
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  const seconds = (performance.now() - signaled) / 1000;
  return { code, signal, out: out!, err: err!, ...(seconds >= 0 ? { seconds } : {}) };
}

function send(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It has just ended by itself.
  }
}
