import { equal } from "node:assert/strict";
import { join } from "@std/path";
import { inFolder } from "../in_folder.ts";
import { speedTable } from "./bench_table.ts";
import { writeMnist } from "./mnist.ts";
import type { Report, Time } from "./run_program.ts";

const time = (cpuSeconds: number): Time => ({ calls: 1, seconds: 2 * cpuSeconds, cpuSeconds });

function report(step: number, whole: number): Report {
  const none = { calls: 0, seconds: 0, cpuSeconds: 0 };
  const steps = [step, step * 9, step / 9].map(time);
  return {
    whole: time(whole),
    fit: time(whole / 2),
    evaluate: none,
    predict: none,
    steps,
    tensors: 0,
  };
}

Deno.test("the table of speeds shows medians of processor time, and ratios by rounds", () => {
  const measured: Record<string, Report[]> = {
    compiled: [report(0.01, 2), report(0.02, 4), report(0.01, 2)],
    eager: [report(0.03, 8), report(0.08, 4), report(0.05, 8)],
    native: [],
  };
  const table = speedTable(
    [{ name: "one" }, { name: "other" }],
    ["compiled", "eager", "native"],
    (program, column) => program === "one" ? measured[column]! : [],
  );
  equal(
    table,
    [
      "| program | what | engine, compiled | engine, eager | tfjs-node's addon | eager / compiled |",
      "| --- | --- | --- | --- | --- | --- |",
      "| one | a step of `fit` | 10.0 ms (20.0 ms) | 50.0 ms (100 ms) | — | 4.00 |",
      "| one | `fit`, all of it | 1.00 s (2.00 s) | 4.00 s (8.00 s) | — | 4.00 |",
      "| one | the program | 2.00 s (4.00 s) | 8.00 s (16.0 s) | — | 4.00 |",
    ].join("\n"),
  );
});

Deno.test("a part of MNIST's files has their format", () =>
  inFolder(async (folder) => {
    const source = join(folder, "source");
    await Deno.mkdir(source);
    for (const [set, count] of [["train", 12], ["t10k", 6]] as const) {
      const images = new Uint8Array(16 + count * 784).fill(set.length, 16);
      new DataView(images.buffer).setUint32(0, 2051);
      new DataView(images.buffer).setUint32(4, count);
      await Deno.writeFile(join(source, `${set}-images-idx3-ubyte`), images);
      const labels = Uint8Array.from({ length: 8 + count }, (_, index) => index);
      await Deno.writeFile(join(source, `${set}-labels-idx1-ubyte`), labels);
    }
    await writeMnist(source, folder, 6);
    const images = await Deno.readFile(join(folder, "train-images-idx3-ubyte"));
    equal(images.length, 16 + 6 * 784);
    equal(new DataView(images.buffer).getUint32(0), 2051);
    equal(new DataView(images.buffer).getUint32(4), 6);
    const labels = await Deno.readFile(join(folder, "t10k-labels-idx1-ubyte"));
    equal(labels.slice(8).join(), "8");
    equal(new DataView(labels.buffer).getUint32(4), 1);
  }));
