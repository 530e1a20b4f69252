/** A worker of a {@linkcode ThreadPool}: waits for products and computes them, as long as the process lives. */
import { workerData } from "node:worker_threads";
import { readTask, scratchOffset, State, statesOf, writeTask } from "./thread_pool_protocol.ts";
import { compileModule } from "./module.ts";
import { type Gemm, GemmKernel } from "./gemm.ts";

const { memory, worker } = workerData as { memory: WebAssembly.Memory; worker: number };
const states = statesOf(memory);
/** Of an error, which the slot of a task has room for. */
const mostLetters = 500;

try {
  await work();
} catch (error) {
  writeTask(memory, worker, `${error}`.slice(0, mostLetters));
  say(State.failed);
}

async function work(): Promise<never> {
  let room = scratchOffset(worker);
  const reserve = (bytes: number): number => {
    const address = room;
    room += Math.ceil(bytes / 64) * 64;
    return address;
  };
  const multiplier = new GemmKernel({ memory, reserve }, await compileModule("gemm_shared.wasm"));
  while (true) {
    say(State.ready);
    Atomics.wait(states, worker, State.ready);
    // The main thread writes nothing else.
    multiplier.run(readTask(memory, worker) as Gemm);
  }
}

function say(state: number): void {
  Atomics.store(states, worker, state);
  Atomics.notify(states, worker);
}
