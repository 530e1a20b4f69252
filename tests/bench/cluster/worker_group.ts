import { fileURLToPath } from "node:url";
import { clusterVariable } from "../../../lib/distributed/processes/tf_config.ts";
import { type WorkerCommand, WorkerProcess } from "../worker_process.ts";
import type { Answer, Question, Work } from "./protocol.ts";

/** Seconds that a group may take to start, and that one time of a work may take. */
const limit = 120;

/** The network is this benchmark's own: every port is free. */
let port = 2222;

/** How a group of workers is started. */
export interface WorkerGroupOptions {
  readonly size: number;
  /** Each on a core of its own, as far as there are cores; else each on all of them. */
  readonly pinned: boolean;
}

/** Workers that do the same at the same time. */
export class WorkerGroup {
  readonly #workers: readonly WorkerProcess[];

  constructor({ size, pinned }: WorkerGroupOptions) {
    const worker = Array.from({ length: size }, () => `127.0.0.1:${port++}`);
    this.#workers = worker.map((_, index) => {
      const config = { cluster: { worker }, task: { type: "worker", index } };
      const environment = {
        [clusterVariable]: JSON.stringify(config),
        // Processors are what is measured.
        CUDA_VISIBLE_DEVICES: "-1",
      };
      return new WorkerProcess(
        pinned
          ? onOneCore(index, environment)
          : { program: Deno.execPath(), words: workerWords, environment },
      );
    });
  }

  /** Readies a work under a name. */
  async open(name: string, work: Work): Promise<void> {
    await this.#ask({ open: name, work }, limit);
  }

  /** What each time took, in seconds, by the first worker's clock. */
  async run(name: string, times: number): Promise<readonly number[]> {
    const [first] = await this.#ask({ run: name, times }, limit * times);
    return first!.seconds;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
  }

  #ask(question: Question, seconds: number): Promise<Answer[]> {
    return Promise.all(this.#workers.map((worker) => worker.ask<Answer>(question, seconds)));
  }
}

const script = fileURLToPath(new URL("worker.ts", import.meta.url));
const workerWords = ["run", "-A", script];

/** TensorFlow computes unrelated operations at once on as many threads as it may use cores. */
function onOneCore(index: number, environment: Readonly<Record<string, string>>): WorkerCommand {
  return {
    program: "taskset",
    words: ["--cpu-list", `${coreOf(index)}`, Deno.execPath(), ...workerWords],
    environment: { ...environment, TF_NUM_INTRAOP_THREADS: "1" },
  };
}

function coreOf(index: number): number {
  return index % navigator.hardwareConcurrency;
}
