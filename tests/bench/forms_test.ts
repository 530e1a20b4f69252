import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { cases } from "./cases.ts";
import { describeTrials, fastestForm, formsOf, tryForms } from "./forms.ts";
import { frameworks, peerNames, takesPart } from "./frameworks.ts";

const work = { what: "predict", precision: "float32", size: 32, batch: 64, hidden: 512 } as const;

Deno.test("formsOf() has each form once, and bfloat16 weights only where nothing is trained", () => {
  for (const name of peerNames) {
    for (const each of cases) {
      const forms = formsOf(name, each);
      assert.equal(new Set(forms).size, forms.length);
      const casts = forms.some((form) => /^bfloat16|model\.bfloat16/.test(form));
      const mayCast = each.what === "predict" && each.precision === "bfloat16";
      assert.equal(casts, mayCast && (name === "keras" || name === "pytorch"));
    }
  }
});

Deno.test("formsOf() uses words that the workers know", async () => {
  for (const name of ["keras", "pytorch"] as const) {
    const path = fileURLToPath(new URL(`${name}_worker.py`, import.meta.url));
    const text = await Deno.readTextFile(path);
    const words = cases.flatMap((each) => formsOf(name, each)).flatMap((form) => form.split(", "));
    for (const word of new Set(words)) assert.ok(text.includes(`"${word}"`), `${name}: ${word}`);
  }
});

Deno.test("takesPart() leaves training to those that train", () => {
  const names = frameworks("wasm", { names: peerNames, python: "python3" }).map(({ name }) => name);
  const partOf = (what: "train" | "predict", precision: "float32" | "bfloat16"): string[] =>
    names.filter((name) => takesPart(name, { ...work, what, precision }));
  assert.deepEqual(partOf("train", "float32"), ["wasm", "keras", "pytorch"]);
  assert.deepEqual(partOf("predict", "float32"), ["wasm", ...peerNames]);
  assert.deepEqual(partOf("predict", "bfloat16"), ["keras", "pytorch", "openvino"]);
});

/** A worker that lacks one form, and claims half a second for each step of the others. */
const worker = `import { createInterface } from "node:readline";
  for await (const line of createInterface({ input: process.stdin })) {
    const { open, steps } = JSON.parse(line);
    const reply = !open
      ? { seconds: Array(steps).fill(0.5), value: 1 }
      : open.form.includes("jit_compile")
      ? { cannot: "no compiler" }
      : { version: "1", parameters: 2 };
    console.log(JSON.stringify(reply));
  }`;

Deno.test("tryForms() measures each form, and says why one failed", async () => {
  const command = { program: Deno.execPath(), words: ["eval", worker] };
  const trials = await tryForms({ name: "keras", command }, work, { steps: 2, limit: 60 });
  assert.deepEqual(trials, [
    { form: "float32", best: 128 },
    { form: "float32, jit_compile", best: null, reason: "no compiler" },
  ]);
  assert.equal(fastestForm(trials), "float32");
  assert.equal(
    describeTrials("keras", trials),
    "keras: [float32] 128 images/s, [float32, jit_compile] failed: no compiler",
  );
});

Deno.test("fastestForm() takes the fastest, and the plainest where all failed", () => {
  const trials = [{ form: "a", best: 1 }, { form: "b", best: 3 }, { form: "c", best: 2 }];
  assert.equal(fastestForm(trials), "b");
  assert.equal(fastestForm(trials.map(({ form }) => ({ form, best: null }))), "a");
  assert.equal(fastestForm([]), undefined);
});
