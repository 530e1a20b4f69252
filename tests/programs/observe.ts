/**
 * Measures what the models of a program do, under Deno and under Node. As the process ends, it writes the
 * measurements to the file that `VGG_PROGRAM_REPORT` names.
 *
 * @module
 */

import { writeFileSync } from "node:fs";
import process from "node:process";
import type { tf } from "../../lib/engine/tf.ts";
import type { Report, Time } from "./run_program.ts";

/** A model, whose hidden parts are measured. */
interface Model extends Record<string, unknown> {
  stopTraining: boolean;
  makeTrainFunction(): (data: unknown) => unknown;
}

type Method = (this: Model, ...args: unknown[]) => unknown;
type Kind = "fit" | "evaluate" | "predict";

const methods: Readonly<Record<string, Kind>> = {
  ...{ fit: "fit", fitDataset: "fit" },
  ...{ evaluate: "evaluate", evaluateDataset: "evaluate", predict: "predict" },
};

/**
 * Begins to measure. `VGG_PROGRAM_STEPS` ends each training after so many steps, as `stopTraining` does; with
 * `VGG_PROGRAM_ENDS`, the process ends with its first training.
 *
 * @param tensorflow TensorFlow.js, as the program gets it.
 */
export function observe(tensorflow: Pick<typeof tf, "LayersModel" | "memory">): void {
  const { VGG_PROGRAM_REPORT: file, VGG_PROGRAM_STEPS: steps = "Infinity" } = process.env;
  const started = clock();
  const total = { fit: noTime(), evaluate: noTime(), predict: noTime() };
  const prototype = tensorflow.LayersModel.prototype as unknown as Model;
  measureMethods(prototype, total);
  const made = measureSteps(prototype, Number(steps));
  process.on("exit", () => {
    const { numTensors: tensors } = tensorflow.memory();
    const report: Report = { whole: since(started), ...total, steps: made, tensors };
    writeFileSync(file!, JSON.stringify(report));
  });
}

function measureMethods(prototype: Model, total: Record<Kind, Time>): void {
  let isRunning = false;
  for (const [name, kind] of Object.entries(methods)) {
    const method = prototype[name] as Method;
    prototype[name] = function (this: Model, ...args: unknown[]): unknown {
      // What `fit` evaluates is a part of it.
      if (isRunning) return method.apply(this, args);
      const begin = clock();
      isRunning = true;
      const end = (): void => {
        isRunning = false;
        total[kind] = sum(total[kind], since(begin));
        if (kind === "fit" && process.env["VGG_PROGRAM_ENDS"]) process.exit(0);
      };
      let result: unknown;
      try {
        result = method.apply(this, args);
      } finally {
        if (!(result instanceof Promise)) end();
      }
      if (result instanceof Promise) result.then(end, end);
      return result;
    };
  }
}

/** Returns the list that gets the time of each step of training. */
function measureSteps(prototype: Model, most: number): readonly Time[] {
  const steps: Time[] = [];
  const { makeTrainFunction } = prototype;
  prototype.makeTrainFunction = function (this: Model): (data: unknown) => unknown {
    const step = makeTrainFunction.call(this);
    let made = 0;
    return (data) => {
      const begin = clock();
      const result = step(data);
      steps.push(since(begin));
      if (++made >= most) this.stopTraining = true;
      return result;
    };
  };
  return steps;
}

function noTime(): Time {
  return { calls: 0, seconds: 0, cpuSeconds: 0 };
}

function clock(): Time {
  const { user, system } = process.cpuUsage();
  return { calls: 0, seconds: performance.now() / 1e3, cpuSeconds: (user + system) / 1e6 };
}

function since(begin: Time): Time {
  const end = clock();
  return {
    calls: 1,
    seconds: end.seconds - begin.seconds,
    cpuSeconds: end.cpuSeconds - begin.cpuSeconds,
  };
}

function sum(one: Time, other: Time): Time {
  return {
    calls: one.calls + other.calls,
    seconds: one.seconds + other.seconds,
    cpuSeconds: one.cpuSeconds + other.cpuSeconds,
  };
}
