import type { EpochCase, NetworkCase, Opened, Refused, Stepped } from "./protocol.ts";
import { DeadWorkerError, NotRunError, WorkerProcess } from "./worker_process.ts";

/** A framework in a process of its own, so that its memory is its own and its threads sleep between turns. */
export class FrameworkProcess extends WorkerProcess {
  /** @throws {NotRunError} Where the framework says that it cannot. */
  async open(work: NetworkCase | EpochCase, limitSeconds: number): Promise<Opened> {
    const answer = await this.ask<Opened | Refused>({ open: work }, limitSeconds);
    if ("cannot" in answer) throw new NotRunError(answer.cannot);
    return answer;
  }

  /** @throws {NotRunError} Where a step takes longer than the limit: the worker is then killed. */
  async run(steps: number, limitSeconds: number): Promise<Stepped> {
    const stepped = await this.ask<Stepped>({ steps }, limitSeconds * steps);
    if (Number.isFinite(stepped.value)) return stepped;
    throw new DeadWorkerError(`a step gave no number. Received: ${stepped.value}`);
  }
}
