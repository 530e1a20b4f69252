import assert from "node:assert/strict";
import { notebooksFolder, notebookTools } from "./environment.ts";
import { runScript } from "./execute.ts";

type Cell = { readonly status: string; readonly outputs: readonly (readonly [string, string])[] };

/** Runs one of the cases of `kernel_cases.py` in the project's kernel. */
async function kernelCase<Result>(name: string): Promise<Result> {
  const jupyter = await notebookTools();
  return JSON.parse(await runScript(jupyter, "kernel_cases.py", notebooksFolder, name)) as Result;
}

const numbers = Array.from({ length: 60 }, (_, index) => `${index}`);
const done = (text: string): Cell => ({ status: "ok", outputs: [["execute_result", text]] });
const aborted: Cell = { status: "aborted", outputs: [] };

Deno.test("the kernel gives each of 60 queued cells its own result", async () => {
  assert.deepEqual(await kernelCase("queued"), numbers.map(done));
});

Deno.test("the kernel keeps logs, awaited displays and results of 60 queued cells in their cells", async () => {
  assert.deepEqual(
    await kernelCase("displays"),
    numbers.map((text) => ({
      status: "ok",
      outputs: [["stream", `${text}\n`], ["display_data", text], ["execute_result", text]],
    })),
  );
});

Deno.test("the kernel loses nothing of outputs of 1 MB and of 5,000 lines", async () => {
  // The script itself compares the lines.
  assert.deepEqual(
    await kernelCase("large"),
    ["a", "b", "c"].map((letter) => ({ length: 2 ** 20 + 1, letters: [letter] })),
  );
});

Deno.test("the kernel keeps 1,000 lines in their cell where its process is halted now and then", async () => {
  assert.deepEqual(await kernelCase("halted"), [true, true, true]);
});

Deno.test("the kernel aborts queued cells after an error, and shows a syntax error with line and mark", async () => {
  const { thrown, syntax, magic, goes_on, after } = await kernelCase<Record<string, Cell[]>>(
    "errors",
  );
  assert.deepEqual(thrown?.map(({ status }) => status), ["ok", "error", "aborted", "aborted"]);
  assert.match(thrown?.[1]?.outputs[0]?.[1] ?? "", /^RangeError: no\n/);
  assert.deepEqual(syntax, [
    {
      status: "error",
      outputs: [[
        "error",
        "SyntaxError: Expression expected\n  |\n2 | let broken = ;\n  |              ~",
      ]],
    },
    aborted,
  ]);
  assert.match(magic?.[0]?.outputs[0]?.[1] ?? "", /^SyntaxError: .*\n.*\n1 \| %timeit 1/);
  assert.deepEqual(magic?.map(({ status }) => status), ["error", "error"]);
  assert.deepEqual(goes_on?.[1], done("5"));
  assert.deepEqual(after?.map(({ status }) => status), ["error", "aborted"]);
});

Deno.test("an interrupt keeps the kernel, aborts the queue, and says where it has no effect", async () => {
  const { idle, waiting, after } = await kernelCase<Record<string, Cell[]>>("interrupts");
  assert.deepEqual(idle, [done("42")]);
  const [begun, told, ended] = waiting?.[0]?.outputs ?? [];
  assert.deepEqual([begun?.[1], ended?.[1]], ["begun\n", '"ended"']);
  assert.match(told?.[1] ?? "", /The cell still runs\..*restart the kernel/);
  assert.deepEqual(waiting?.[1], aborted);
  assert.deepEqual(after, [done("43")]);
});

Deno.test("a restarted kernel is empty, and none is left after a shutdown or without its proxy", async () => {
  assert.deepEqual(await kernelCase("restart"), {
    again: [done('"undefined"'), done("7")],
    left: [],
  });
  assert.deepEqual(await kernelCase("killed"), { ended: true });
});

Deno.test("two front ends on one kernel get their own replies, one also while the other's cell runs", async () => {
  const { wrong, waited } = await kernelCase<{ wrong: number; waited: number }>("fronts");
  assert.equal(wrong, 0);
  // The other's cell takes three seconds.
  assert.ok(waited < 2, `${waited} s`);
});

Deno.test("Shift+Tab shows what an exported name is, also while a cell runs, and nothing of other names", async () => {
  const { answers, busy } = await kernelCase<{ answers: (string | null)[]; busy: string | null }>(
    "inspections",
  );
  const [known, inCall, generator, ...others] = answers;
  assert.match(
    known ?? "",
    /^async function loadOrTrain\(options: TrainOptions\): Promise<Run>\n {2}Returns the newest finished run/,
  );
  assert.equal(inCall, known);
  assert.match(generator ?? "", /^async function\* predict\(/);
  assert.deepEqual(others, [null, null, null]);
  assert.match(busy ?? "", /^function table\(/);
});
