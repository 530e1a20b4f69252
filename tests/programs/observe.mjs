/**
 * Measures what the models of a program do, under Deno and under Node. As the process ends, it writes the
 * measurements to the file that `VGG_PROGRAM_REPORT` names.
 *
 * @module
 */

import { writeFileSync } from "node:fs";
import process from "node:process";

/**
 * Begins to measure. `VGG_PROGRAM_STEPS` ends each training after so many steps, as `stopTraining` does; with
 * `VGG_PROGRAM_ENDS`, the process ends with its first training.
 *
 * @param tf TensorFlow.js, as the program gets it.
 */
export function observe(tf) {
  const file = process.env.VGG_PROGRAM_REPORT;
  const mostSteps = Number(process.env.VGG_PROGRAM_STEPS ?? Infinity);
  const started = clock();
  const total = { fit: noTime(), evaluate: noTime(), predict: noTime() };
  const steps = [];
  const { prototype } = tf.LayersModel;
  let depth = 0;
  const measured = (name, kind) => {
    const method = prototype[name];
    prototype[name] = function (...args) {
      // What `fit` evaluates is a part of it.
      if (depth > 0) return method.apply(this, args);
      const begin = clock();
      depth++;
      const end = () => {
        depth--;
        add(total[kind], begin);
        if (kind === "fit" && process.env.VGG_PROGRAM_ENDS) process.exit(0);
      };
      let result;
      try {
        result = method.apply(this, args);
      } catch (error) {
        end();
        throw error;
      }
      if (typeof result?.then !== "function") end();
      else result.then(end, end);
      return result;
    };
  };
  measured("fit", "fit");
  measured("fitDataset", "fit");
  measured("evaluate", "evaluate");
  measured("evaluateDataset", "evaluate");
  measured("predict", "predict");
  const { makeTrainFunction } = prototype;
  prototype.makeTrainFunction = function () {
    const step = makeTrainFunction.call(this);
    let made = 0;
    return (data) => {
      const begin = clock();
      const result = step(data);
      const time = noTime();
      add(time, begin);
      steps.push(time);
      if (++made >= mostSteps) this.stopTraining = true;
      return result;
    };
  };
  process.on("exit", () => {
    const whole = noTime();
    add(whole, started);
    const { numTensors: tensors } = tf.memory();
    writeFileSync(file, JSON.stringify({ whole, ...total, steps, tensors }));
  });
}

function noTime() {
  return { calls: 0, seconds: 0, cpuSeconds: 0 };
}

function clock() {
  const { user, system } = process.cpuUsage();
  return { seconds: performance.now() / 1e3, cpuSeconds: (user + system) / 1e6 };
}

function add(time, begin) {
  const end = clock();
  time.calls++;
  time.seconds += end.seconds - begin.seconds;
  time.cpuSeconds += end.cpuSeconds - begin.cpuSeconds;
}
