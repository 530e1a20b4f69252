import { join } from "@std/path";
import assert from "node:assert/strict";
import { decisiveVariables, describeHardware } from "../../lib/engine/hardware.ts";
import type { Engine } from "../../lib/engine/engine.ts";
import { openRun } from "../../lib/runs/run.ts";
import type { RunRecord } from "../../lib/runs/run_record.ts";
import { describeMachine } from "../../lib/training/config/to_record.ts";
import { describeMachineChange } from "../../lib/training/machine_change.ts";
import { restoreSetup } from "../../lib/training/restore_setup.ts";
import { vgg } from "../cli/support.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { inFolder } from "../in_folder.ts";
import { tinySet, writeTiny } from "./tiny_set.ts";

const engine: Engine = { name: "tensorflow", version: "2.21.0", devices: ["CPU"], reason: "" };
const onCard: Engine = { ...engine, devices: ["CPU", "GPU"] };

/** A record as it is read from its file. */
function recordOf(engine: Engine): Pick<RunRecord, "engine" | "hardware"> {
  const { name, version, devices } = engine;
  return JSON.parse(JSON.stringify({
    engine: { name, version, devices },
    hardware: describeMachine(engine),
  }));
}

/** Runs with an environment variable set. */
function withVariable<T>(name: string, value: string, run: () => T): T {
  const before = Deno.env.get(name);
  Deno.env.set(name, value);
  try {
    return run();
  } finally {
    if (before === undefined) Deno.env.delete(name);
    else Deno.env.set(name, before);
  }
}

Deno.test("the same machine is no change, nor is a run that did not record its environment", () => {
  assert.equal(describeMachineChange(recordOf(engine), engine), undefined);
  const { environment: _, ...hardware } = recordOf(engine).hardware;
  const old = { ...recordOf(engine), hardware };
  withVariable("TF_ENABLE_ONEDNN_OPTS", "0", () => {
    assert.equal(describeMachineChange(old, engine), undefined);
  });
});

Deno.test("every variable that decides the bits is recorded, and its change is told", () => {
  const documented = ["TF_ENABLE_ONEDNN_OPTS", "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"];
  assert.deepEqual(documented.filter((name) => !decisiveVariables.includes(name)), []);
  for (const name of decisiveVariables) {
    const before = Deno.env.get(name);
    const began = before ? `${name}=${before}` : `no ${name}`;
    const record = recordOf(engine);
    withVariable(name, "AVX2", () => {
      assert.equal(describeHardware().environment?.[name], "AVX2");
      assert.equal(
        describeMachineChange(record, engine),
        `the run began with ${began} and was resumed with ${name}=AVX2: its numbers may differ from ` +
          "those of an uninterrupted run",
      );
      assert.ok(
        describeMachineChange({ ...record, hardware: recordOf(engine).hardware }, engine) ===
          undefined,
      );
    });
  }
});

Deno.test("other threads, instruction sets, processors, engines and cards are told", () => {
  const { hardware, ...record } = recordOf(engine);
  const changes: [object, RegExp][] = [
    [
      { features: ["avx2", "none"] },
      /began with the instruction sets avx2 none and was resumed with /,
    ],
    [{ cpu: "Another" }, /began with tensorflow 2\.21\.0 on CPU \(Another, /],
    [{ threads: 77 }, /, 77 threads\) and was resumed with /],
    [{ workers: 3 }, /threads on each of 3 workers\) and was resumed with /],
  ];
  for (const [change, message] of changes) {
    const changed = { ...record, hardware: { ...hardware, ...change } };
    assert.match(describeMachineChange(changed, engine) ?? "", message);
  }
  withVariable("TF_NUM_INTRAOP_THREADS", "61", () => {
    assert.match(describeMachineChange({ ...record, hardware }, engine) ?? "", /, 61 threads\)/);
  });
  for (
    const other of [{ ...engine, version: "2.22.0" }, { ...engine, name: "wasm" as const }, onCard]
  ) {
    assert.match(
      describeMachineChange({ ...record, hardware }, other) ?? "",
      /^the run began with tens/,
    );
  }
  const withCard = recordOf(onCard);
  const card = { ...withCard, hardware: { ...withCard.hardware, gpu: ["A card"] } };
  assert.match(
    describeMachineChange(card, onCard) ?? "",
    /began with the graphics cards A card and/,
  );
  const unused = { ...record, hardware: { ...hardware, gpu: ["A card"] } };
  assert.equal(describeMachineChange(unused, engine), undefined);
});

testWithTensorFlow(
  "a run records the processor whatever PATH and the linker are told, and a resume what is changed",
  () =>
    inFolder(async (folder) => {
      const [data, directory] = [join(folder, "data"), join(folder, "run")];
      await writeTiny(data);
      const net = ["--model", "A", "--width", "0.0625", "--size", "32", "--batch", "8"];
      const words = ["train", "--data", data, "--run", directory, ...net, "--epochs", "1"];
      const float32 = ["--engine", "tensorflow", "--precision", "float32"];
      const narrow = { PATH: "/nowhere", LD_LIBRARY_PATH: "/nowhere" };
      const trained = await vgg([...words, ...float32], narrow);
      assert.equal(trained.code, 0, trained.err);
      const began = (await openRun(directory)).record;
      assert.deepEqual(began.hardware.features, describeHardware().features);
      for (const precision of ["float32", "bfloat16"] as const) {
        const plan = { ...began, microBatch: 3, precision };
        const setup = await restoreSetup(plan, "tensorflow", tinySet, {});
        assert.deepEqual([setup.microBatch, setup.precision], [3, precision]);
      }
      const resume = ["train", "--run", directory, "--resume", "--epochs"];
      const same = await vgg([...resume, "2"]);
      assert.equal(same.code, 0, same.err);
      assert.deepEqual((await openRun(directory)).record.warnings, began.warnings);
      const changed = await vgg([...resume, "3"], { TF_ENABLE_ONEDNN_OPTS: "0" });
      assert.equal(changed.code, 0, changed.err);
      const { warnings } = (await openRun(directory)).record;
      const note = "the run began with TF_ENABLE_ONEDNN_OPTS=1 and was resumed with " +
        "TF_ENABLE_ONEDNN_OPTS=0: its numbers may differ from those of an uninterrupted run";
      assert.deepEqual(warnings, [...began.warnings, note]);
      assert.ok(changed.err.includes(note), changed.err);
    }),
);
