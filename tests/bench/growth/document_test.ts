import assert from "node:assert/strict";
import { growthOf, type GrowthRow, growthSection, withGrowth } from "./document.ts";

const used = (coreSeconds: number, mebibytes: number): GrowthRow["measured"]["at"][string] => ({
  ...{ coreSeconds, peakBytes: mebibytes * 2 ** 20 },
});

const rows: GrowthRow[] = [
  {
    ...{ of: "images", count: 1000, part: "list" },
    measured: { at: { start: used(0.5, 60), list: used(0.75, 70), shuffle: used(0.76, 70) } },
  },
  {
    ...{ of: "images", count: 1000, part: "train" },
    measured: { at: { "first step": used(9.5, 500) } },
  },
  {
    ...{ of: "results", count: 2000, part: "results" },
    measured: {
      at: {
        trained: used(9, 500),
        evaluated: used(10, 500),
        drawn: used(12, 500),
        reported: used(12.5, 700),
      },
      bytes: { "predictions.jsonl": 2e6, "evaluation.json": 1e5, "report.html": 5.5e6 },
    },
  },
  {
    ...{ of: "batch", count: 1, part: "train" },
    measured: { at: { end: used(9, 600) }, coreSecondsOfStep: 0.5 },
  },
  {
    ...{ of: "batch", count: 5, part: "train" },
    measured: { at: { end: used(9, 700) }, coreSecondsOfStep: 1 },
  },
];

Deno.test("growthSection() has what each process used, and leaves out tables without rows", () => {
  const lines = growthSection(rows, ["dev:bench-growth"]).split("\n")
    .filter((line) => line.startsWith("|")).map((line) => line.split(/ *\| */).slice(1, -1));
  assert.deepEqual(lines[2], ["1,000", "0.25", "0.01", "9.5", "70 MiB", "500 MiB"]);
  assert.deepEqual(lines[5], [
    ...["2,000", "1.00", "2.00", "0.50", "700 MiB", "2.0 MB", "0.1 MB", "5.5 MB"],
  ]);
  assert.deepEqual(lines.slice(8), [["1", "500", "500.0", "600 MiB", ""], [
    ...["5", "1000", "200.0", "700 MiB", "25.0 MiB"],
  ]]);
});

Deno.test("a document keeps its other parts, and the benchmark keeps the one about growth", () => {
  const document = "# Benchmark\n\n## Steps\n\ntext\n";
  const first = withGrowth(document, growthSection(rows, ["one"]));
  const second = withGrowth(first, growthSection(rows, ["two"]));
  assert.equal(second, first.replace("deno task one", "deno task two"));
  assert.equal(growthOf(document), "");
  assert.equal(
    withGrowth("# Benchmark\n\nnew", growthOf(second)).startsWith(
      "# Benchmark\n\nnew\n\n## Growth\n",
    ),
    true,
  );
});
