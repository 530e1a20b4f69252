import assert from "node:assert/strict";
import type { Section } from "../document.ts";
import type { Measured } from "./measure.ts";
import { scalingSections } from "./sections.ts";

const taken = (seconds: number): { median: number; best: number } => ({
  median: seconds,
  best: seconds / 2,
});
const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

/** A millisecond for a sum, and a second for 500 MB of a tensor, or of 250 MB in bfloat16. */
const sumsOf = (workers: number, precision: "float32" | "bfloat16"): Measured["sums"][number] => ({
  workers,
  precision,
  taken: times(6, taken(0.01)),
  line: { constant: 1e-3, gradient: 2e-9 },
});

/** A step of 16 images takes a second without an exchange, a tenth of it in any case. */
const alone = { constant: 0.1, gradient: 0.9 / 16 };

const measured: Measured = {
  plain: { roundTrip: 4e-5, oneWay: 3e9, bothWays: 2e9 },
  sums: [2, 4].flatMap((workers) => [sumsOf(workers, "float32"), sumsOf(workers, "bfloat16")]),
  steps: [{
    ...{ width: 1, sent: "float32", workers: 2, alone },
    ...{ withoutExchange: 1.1, withExchange: 1.5 },
  }],
  messages: [undefined, 1e9].map((wire) => ({ wire, taken: times(7, taken(1.25)) })),
  obstacle: undefined,
  statistics: new Map([["A", taken(0.2)]]),
  machine: { name: "this machine", line: { constant: 0.25, gradient: 0.25 }, cores: 2 },
};

function cells({ table }: Section, row: number): string[] {
  return table.split("\n")[2 + row]!.split("|").slice(1, -1).map((cell) => cell.trim());
}

function sectionOf(title: string, facts: Measured = measured): Section {
  return scalingSections(facts).find((section) => section.title === title)!;
}

Deno.test("scalingSections() has a number in every place", () => {
  for (const { title, about, table } of scalingSections(measured)) {
    assert.doesNotMatch(about + table, /NaN|Infinity|undefined|null/, title);
  }
});

Deno.test("the plan begins with one machine, which exchanges nothing", () => {
  const plan = sectionOf("VGG16 at 224 px on machines like this one");
  assert.deepEqual(cells(plan, 0).slice(0, 4), [
    "8",
    "float32",
    "1 Gbit/s",
    "2.25 s, 3.56/s, 100 %",
  ]);
});

Deno.test("constants of sums are told for a hop, and for the bytes that each worker sends", () => {
  const fits = sectionOf("Its latency and bandwidth");
  const [two, , four] = [0, 1, 2].map((row) => cells(fits, row));
  assert.deepEqual(two, [
    ...["2, float32", "1.00 ms", "0.500 ms", "0.500 GB/s", "0.500 GB/s", "4.0 ×"],
  ]);
  // Each of four sends one and a half times the tensor, in six hops.
  assert.deepEqual(four, [
    ...["4, float32", "1.00 ms", "0.167 ms", "0.500 GB/s", "0.750 GB/s", "2.7 ×"],
  ]);
});

Deno.test("what an exchange adds is beside its models", () => {
  const [steps] = [cells(sectionOf("What the exchange adds to a step"), 0)];
  // VGG-A at 32 px with ten classes has 28,144,010 parameters, 113 MB.
  assert.deepEqual(steps.slice(0, 6), ["1", "113 MB, float32", "2", "1000", "1100", "1500"]);
  assert.deepEqual(steps.slice(6, 9), ["400", "56.3", "226"]);
  // On one core nothing overlaps: a second, 225 ms for the bytes, 1 ms for two hops.
  assert.deepEqual(steps.slice(9), ["1226", "0.82 ×"]);
});

Deno.test("a wire that is not measured is not told of, but why", () => {
  const { messages } = measured;
  const facts = { ...measured, messages: messages.slice(0, 1), obstacle: "no tc" };
  const { about, table } = sectionOf("Sizes of messages, and overlap", facts);
  assert.match(about, /were not measured: no tc\.$/);
  assert.doesNotMatch(table, /Gbit/);
});
