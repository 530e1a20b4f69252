import process from "node:process";
import type { ElapsedTime } from "./checkpoint.ts";

/** Measures the time that a run takes, over all its processes. */
export class ElapsedTimer {
  readonly #before: ElapsedTime;
  readonly #began = performance.now();
  readonly #cores = process.cpuUsage();

  /** @param before The time of earlier processes. */
  constructor(before: ElapsedTime = { seconds: 0, core_seconds: 0 }) {
    this.#before = before;
  }

  get elapsed(): ElapsedTime {
    const { user, system } = process.cpuUsage(this.#cores);
    return {
      seconds: this.#before.seconds + (performance.now() - this.#began) / 1000,
      core_seconds: this.#before.core_seconds + (user + system) / 1e6,
    };
  }
}
