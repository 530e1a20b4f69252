/** A worker of a {@linkcode ThreadPool}, which computes matrix products as long as the process lives. */
import { workerData } from "node:worker_threads";
import { type Gemm, GemmKernel } from "./gemm.ts";
import { compileModule } from "./module.ts";
import { readTask, scratchOffset, State, statesOf, writeTask } from "./thread_pool_protocol.ts";

const { memory, worker } = workerData as { memory: WebAssembly.Memory; worker: number };
const states = statesOf(memory);
/** The longest error message, which must fit into the slot of a task. */
const maxMessageLength = 500;

try {
  await work();
} catch (error) {
  writeTask(memory, worker, `${error}`.slice(0, maxMessageLength));
  setState(State.failed);
}

async function work(): Promise<never> {
  let next = scratchOffset(worker);
  const allocate = (bytes: number): number => {
    const address = next;
    next += Math.ceil(bytes / 64) * 64;
    return address;
  };
  const kernel = new GemmKernel({ memory, allocate }, await compileModule("gemm_shared.wasm"));
  while (true) {
    setState(State.ready);
    Atomics.wait(states, worker, State.ready);
    // The main thread writes no other tasks.
    kernel.run(readTask(memory, worker) as Gemm);
  }
}

function setState(state: number): void {
  Atomics.store(states, worker, state);
  Atomics.notify(states, worker);
}
