import { join } from "@std/path";
import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { isFile } from "../../lib/data/sources/folders.ts";
import { openRunWeights } from "../../lib/runs/load_model.ts";
import { openRun, runFiles } from "../../lib/runs/run.ts";
import { interpose } from "../files/interpose.ts";
import { leftOvers } from "../training/fingerprint.ts";
import { writeTiny } from "../training/tiny_set.ts";
import {
  checkpointsIn,
  epochs,
  finish,
  outcomeOf,
  readers,
  requireLine,
  runTask,
  type Task,
  type TaskOptions,
  tasks,
} from "./tiny_task.ts";

/** What the files of a run can say while it is made: everything else is wrong. */
export class KnownStates {
  readonly #values = new Map<string, Set<string>>();

  private constructor(readonly folder: string, readonly options: TaskOptions) {}

  /** What {@linkcode outcomeOf} gives for a run without a fault. */
  outcome: unknown;

  /** Does all tasks without a fault, and takes note of every state of every file. */
  static async gather(folder: string): Promise<KnownStates> {
    const data = join(folder, "data");
    await writeTiny(data);
    const known = new KnownStates(folder, { data });
    const run = known.wholeRun;
    let isReading = false;
    {
      using _ = interpose(run, {
        after: async ({ name }) => {
          if (isReading || name !== "rename") return;
          isReading = true;
          await known.#note(run);
          isReading = false;
        },
      });
      for (const task of tasks) {
        if (task !== "train") await cp(run, known.#before(task), { recursive: true });
        await runTask(task, run, known.options);
      }
    }
    known.outcome = await outcomeOf(run);
    const ending = new AbortController();
    await runTask("train", known.#before("train"), {
      ...{ data, signal: ending.signal },
      onStep: (epoch, step) => epoch === 2 && step === 1 && ending.abort(),
    });
    await known.#note(known.#before("train"));
    return known;
  }

  /** The run without a fault, with all its files. */
  get wholeRun(): string {
    return join(this.folder, "whole");
  }

  #before(task: Task): string {
    return join(this.folder, "before", task);
  }

  /** Makes a copy of {@linkcode wholeRun}. */
  async copyWhole(run: string): Promise<void> {
    await cp(this.wholeRun, run, { recursive: true });
  }

  /** Makes a copy of a run for which a task is the next: for training, of one that was interrupted. */
  async copy(task: Task, run: string): Promise<void> {
    await cp(this.#before(task), run, { recursive: true });
  }

  async #note(run: string): Promise<void> {
    for (const [name, read] of Object.entries(readers)) {
      await read(run).then((value) => this.#valuesOf(name).add(textOf(value)), () => {});
    }
    for (const [name, checkpoint] of await checkpointsIn(run)) {
      if (!checkpoint) continue;
      this.#valuesOf(name).add(checkpoint.digest);
      this.#valuesOf("last weights").add(textOf(checkpoint.weights));
    }
  }

  #valuesOf(name: string): Set<string> {
    const values = this.#values.get(name) ?? new Set();
    this.#values.set(name, values);
    return values;
  }

  /**
   * Reads every file of a run after a fault. Each must say what it said at some moment of the run without
   * a fault, or be refused in one line.
   *
   * @returns The lines.
   */
  async check(run: string, context: string): Promise<string[]> {
    const lines: string[] = [];
    for (const [name, read] of Object.entries(readers)) {
      if (name === "result") continue; // It also says how training was ended.
      try {
        const value = textOf(await read(run));
        assert.ok(this.#valuesOf(name).has(value), `${context}: a wrong ${name} is read: ${value}`);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        if (error instanceof Deno.errors.NotFound) continue;
        lines.push(requireLine(error, `${context}: ${name}`));
      }
    }
    for (const [name, checkpoint] of await checkpointsIn(run)) {
      if (!checkpoint) lines.push(`${name} is damaged`);
      else {
        const isRight = this.#valuesOf(name).has(checkpoint.digest);
        assert.ok(isRight, `${context}: a wrong ${name} is read`);
      }
    }
    return lines;
  }

  /** Checks that a run can go on, or is finished: without a damaged file, every run can. */
  async requireWhole(run: string, context: string): Promise<void> {
    if (!await isFile(join(run, runFiles.record))) return;
    const { record } = await openRun(run);
    if (record.status === "finished") {
      for (const which of ["best", "last"] as const) {
        using _ = await openRunWeights(await openRun(run), which);
      }
      assert.equal((await (await openRun(run)).history()).length, epochs, context);
    } else {
      const checkpoints = [...(await checkpointsIn(run)).values()];
      assert.ok(checkpoints.some((each) => each !== undefined), `${context}: no checkpoint`);
    }
  }

  /** Does what is left to do, and compares what comes out to the last bit. */
  async finish(run: string, context: string): Promise<void> {
    await finish(run, this.options).catch((error) => {
      throw new Error(`${context}: ${requireLine(error, context)}`);
    });
    assert.deepEqual(await outcomeOf(run), this.outcome, context);
    // Others may write a report or an export at the same time: what is left of them goes after an hour.
    const left = leftOvers(run).filter((name) => !/^(report|vgg-a)/.test(name));
    assert.deepEqual(left, [], context);
  }
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part) => typeof part === "bigint" ? `${part}n` : part) ?? "";
}
