import { join } from "@std/path";
import assert from "node:assert/strict";
import { openRun } from "../../lib/runs/run.ts";
import { inFolder } from "../in_folder.ts";
import { notebookNames, notebooksFolder, notebookTools } from "./environment.ts";
import { executeNotebook, scriptToNotebook } from "./execute.ts";
import { type Cell, type Notebook, notebookSchema, outputsOf } from "./notebook.ts";
import { problemsOf } from "./problems.ts";
import { solutionCells } from "./solutions.ts";

const jupyter = await notebookTools();

/** Where those run that find each other's training, as they do when somebody reads them in order. */
const shared = await Deno.makeTempDir({ prefix: "vgg-notebooks-" });
Deno.test.afterAll(() => Deno.remove(shared, { recursive: true }));

for (const name of await notebookNames()) {
  const inOrder = !name.startsWith("05");
  const what = "its short setting, and its solutions after it";
  Deno.test(`${name} runs ${inOrder ? "in order" : "alone"}, in ${what}`, () => {
    const work = (folder: string): Promise<void> => executeShort(name, folder);
    return inOrder ? work(shared) : inFolder(work);
  });
}

async function executeShort(name: string, folder: string): Promise<void> {
  const script = await scriptToNotebook(jupyter, join(notebooksFolder, `${name}.ts`));
  // One more execution for the solutions would take as long again.
  const cells = [...script.cells, ...solutionCells(script)];
  const { success, message, notebook: executed } = await executeNotebook(
    jupyter,
    { ...script, cells },
    { folder: notebooksFolder, env: { VGG_NOTEBOOK_SHORT: folder } },
  );
  assert.ok(success, message);
  assert.deepEqual(problemsOf(executed), []);
  assertSense(executed);
  const notebook = { ...executed, cells: executed.cells.slice(0, script.cells.length) };
  const committed = await Deno.readTextFile(join(notebooksFolder, `${name}.ipynb`));
  assert.deepEqual(
    figuresOf(notebook),
    figuresOf(notebookSchema.parse(JSON.parse(committed))),
    "the figures that the committed notebook shows",
  );
  await assertRuns(join(folder, "runs"));
}

/** The names of the figures that are values of a notebook's cells; live ones come and go. */
function figuresOf({ cells }: Notebook): string[][] {
  return cells.map((cell) =>
    outputsOf({ cells: [cell] }).flatMap((output) => {
      if (output.output_type !== "execute_result") return [];
      return /^figure (\w+),/.exec(output.data["text/plain"] ?? "")?.[1] ?? [];
    })
  );
}

/** No text of a notebook may tell of a value that was none. */
function assertSense(notebook: Notebook): void {
  for (const output of outputsOf(notebook)) {
    if (output.output_type === "error") continue;
    const text = output.output_type === "stream" ? output.text : output.data["text/plain"] ?? "";
    // Weights that blow up, and how the library says so, are among what is taught.
    const told = text.replace("the loss became NaN", "");
    assert.doesNotMatch(told, /\b(?:NaN|undefined|Infinity)\b|\[object/);
  }
}

/** What a notebook trained with `train` learned something: ten classes are guessed at ln(10). */
async function assertRuns(root: string): Promise<void> {
  const names = await Array.fromAsync(Deno.readDir(root), ({ name }) => name).catch(() => []);
  for (const name of names) {
    const run = await openRun(join(root, name));
    const history = await run.history();
    assert.equal(run.record.status, "finished", name);
    for (const { loss, accuracy, val_loss, val_accuracy } of history) {
      for (const value of [loss, val_loss]) assert.ok(value > 0 && value < 20, `${name}: ${value}`);
      for (const value of [accuracy, val_accuracy]) assert.ok(value >= 0 && value <= 1);
    }
    // A few images of each class are too few for a short setting to learn from.
    const { data: { perClass } } = run.record;
    if (!perClass) assert.ok(history.at(-1)!.loss < Math.LN10, `${name} learned nothing`);
  }
}

/** A notebook of code cells, and what comes of it in the kernel. */
function execute(...sources: string[]): ReturnType<typeof executeNotebook> {
  const cells = sources.map((source): Cell => ({
    cell_type: "code",
    source,
    execution_count: null,
    outputs: [],
  }));
  const notebook = { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 } as const;
  return executeNotebook(jupyter, notebook, { folder: notebooksFolder });
}

const broken: readonly (readonly [what: string, source: string, message: RegExp])[] = [
  ["a syntax error", "const = 1;", /^cell 2: SyntaxError: /],
  ["a failing import", 'import { x } from "./nowhere.ts";', /^cell 2: .*nowhere/],
  ["a thrown error", 'throw new RangeError("too far");', /^cell 2: RangeError: too far/],
  [
    "a value that fails to show itself",
    '({ [Symbol.for("Jupyter.display")]() { throw new Error("unseen"); } })',
    /^cell 2: Error: unseen/,
  ],
];

for (const [what, source, message] of broken) {
  Deno.test(`a notebook with ${what} fails, and names its cell`, async () => {
    const executed = await execute("1 + 1", source, "2 + 2");
    assert.ok(!executed.success);
    assert.match(executed.message, message);
    assert.equal(problemsOf(executed.notebook).length, 1);
  });
}

Deno.test("no output of a cell is lost, though the kernel says too early that it is done", async () => {
  const lines = Array.from({ length: 40 }, (_, line) => `line ${line}`);
  const source = `for (const line of ${JSON.stringify(lines)}) console.log(line);`;
  const { success, message, notebook } = await execute(...new Array(5).fill(source));
  assert.ok(success, message);
  for (const { outputs } of notebook.cells.filter((cell) => cell.cell_type === "code")) {
    const text = outputs.map((output) => output.output_type === "stream" ? output.text : "").join(
      "",
    );
    assert.deepEqual(text.trim().split("\n"), lines);
  }
});
