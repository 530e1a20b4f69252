import { join } from "@std/path";
import assert from "node:assert/strict";
import { taskCommand } from "../../lib/cli/flags/task_command.ts";
import { columnsOf } from "../../lib/display/foreign_text.ts";
import { inFolder } from "../in_folder.ts";
import { writeTiny } from "../training/tiny_set.ts";
import { vgg } from "./support.ts";
import { hasTerminals, inTerminal, type Screen } from "./terminal.ts";

const tiny = ["--model", "A", "--width", "0.0625", "--size", "32", "--engine", "wasm"];

function testInTerminal(name: string, fn: () => Promise<unknown>): void {
  Deno.test({
    name: name + (hasTerminals ? "" : " (skipped: needs python3 and a Unix terminal)"),
    ignore: !hasTerminals,
    fn: async () => {
      await fn();
    },
  });
}

/** Every line fits, unless it is a single path, and nothing is left of bars or Ctrl-C. */
function requireFit({ lines, drawn, isClean }: Screen, columns: number): void {
  // A terminal itself writes ^C, at the end of a bar.
  for (const line of [...lines, ...drawn.map((line) => line.replace(/\^C$/, ""))]) {
    const isPath = /^ *(\S+ {2,})?['"]?\//.test(line);
    assert.ok(isPath || columnsOf(line) <= columns, `${columnsOf(line)} columns: ${line}`);
  }
  const isScrap = (line: string): boolean => /[█░]{2} \d+\/\d+|\^C/.test(line);
  assert.ok(!lines.some(isScrap), lines.join("\n"));
  assert.ok(isClean);
}

for (const columns of [60, 100]) {
  testInTerminal(
    `what the tasks print fits a terminal of ${columns} columns`,
    () =>
      inFolder(async (folder) => {
        const [data, run] = [join(folder, "data"), join(folder, "a run")];
        await writeTiny(data);
        const words = ["train", "--data", data, ...tiny, "--epochs", "2", "--batch", "8"];
        const trained = await inTerminal(columns, [...words, "--run", run]);
        assert.equal(trained.code, 0, trained.lines.join("\n"));
        requireFit(trained, columns);
        const bars = trained.drawn.filter((line) => /^Training /i.test(line));
        assert.ok(bars.length > 0);
        assert.ok(bars.every((line) => / left$/.test(line)), bars.join("\n"));
        const text = trained.lines.join("\n").replace(/ \\\n +/g, " ");
        assert.match(text, /^epoch {4}2 loss .*\n?.* validation loss .* accuracy .* %/m);
        assert.ok(text.includes(`\nnext       deno task report --run '${run}'\n`), text);
        assert.ok(text.includes(`\n           deno task predict --run '${run}' PICTURES\n`), text);
        assert.match(text, /\n {11}deno task notebooks\n/);

        const others: string[][] = [
          ["predict", "--run", run, "--engine", "wasm", join(data, "val/r")],
          ["export", "--run", run],
          ["data"],
          ["train", "--help"],
          ["train", "--epochs", "many"],
        ];
        for (const args of others) requireFit(await inTerminal(columns, args), columns);
      }),
  );
}

testInTerminal(
  "a terminal that can draw nothing is sent no control characters",
  () =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      await writeTiny(data);
      const words = [
        "train",
        "--data",
        data,
        ...tiny,
        "--epochs",
        "1",
        "--run",
        join(folder, "run"),
      ];
      const { code, isPlain, lines } = await inTerminal(80, words, { env: { TERM: "dumb" } });
      assert.equal(code, 0, lines.join("\n"));
      assert.ok(isPlain);
    }),
);

Deno.test("without a terminal each message is one line", () =>
  inFolder(async (folder) => {
    const data = join(folder, "data");
    await writeTiny(data);
    const words = ["train", "--data", data, ...tiny, "--epochs", "1"];
    const { out, err } = await vgg([...words, "--run", join(folder, "run")], { COLUMNS: "40" });
    assert.match(out, /^epoch {4}1 loss .* \| validation loss .* images\/s \(best\)$/m);
    assert.match(err, /^warning {4}1 step in all is few: .* more passes$/m);
  }));

testInTerminal(
  "Ctrl-C leaves no scraps, and the command that goes on is named",
  () =>
    inFolder(async (folder) => {
      const [data, run] = [join(folder, "data"), join(folder, "it's a run")];
      await writeTiny(data);
      const quoted = `'${run.replace("'", `'\\''`)}'`;
      const words = ["train", "--data", data, ...tiny, "--batch", "4", "--run", run];
      const interrupted = await inTerminal(100, [...words, "--epochs", "900"], {
        interruptAt: "epoch +1 ",
      });
      assert.equal(interrupted.code, 130, interrupted.lines.join("\n"));
      requireFit(interrupted, 100);
      const toContinue = `To continue: deno task train --run ${quoted} --resume`;
      const unwrap = ({ lines }: Screen): string => lines.join("\n").replace(/ \\\n/g, " ");
      assert.ok(unwrap(interrupted).trimEnd().endsWith(toContinue), unwrap(interrupted));
      const left = await Array.fromAsync(Deno.readDir(run), ({ name }) => name);
      assert.deepEqual(left.filter((name) => name.endsWith(".tmp")), []);

      const evaluating = await inTerminal(60, ["evaluate", "--run", run, "--engine", "cpu"], {
        interruptAt: "[Ee]valuating",
      });
      // On a fast machine it may have ended before.
      if (evaluating.code !== 0) {
        requireFit(evaluating, 60);
        const again = `error: interrupted\nTo start again: deno task evaluate --run ${quoted}`;
        assert.ok(unwrap(evaluating).includes(again), unwrap(evaluating));
      }
    }),
);

Deno.test("taskCommand() names npx where it started Deno", () => {
  const before = Deno.env.get("npm_lifecycle_event");
  try {
    Deno.env.set("npm_lifecycle_event", "npx");
    assert.equal(
      taskCommand(["report", "--run", "runs/one"]),
      "npx deno task report --run runs/one",
    );
    Deno.env.set("npm_lifecycle_event", "test");
    assert.equal(taskCommand(["notebooks"]), "deno task notebooks");
  } finally {
    if (before === undefined) Deno.env.delete("npm_lifecycle_event");
    else Deno.env.set("npm_lifecycle_event", before);
  }
});
