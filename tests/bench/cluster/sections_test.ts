import assert from "node:assert/strict";
import type { Section } from "../document.ts";
import type { Measured } from "./measure.ts";
import { scalingSections } from "./sections.ts";

const taken = (seconds: number): { median: number; best: number } => ({
  median: seconds,
  best: seconds / 2,
});

/** A sum's latency is a millisecond; that of a message of 8 MiB takes 8 ms more. */
const sumsOf = (workers: number): Measured["sums"][number] => ({
  workers,
  taken: [1, 2, 4, 9, 40, 200].map((milliseconds) => taken(milliseconds / 1000)),
});

const measured: Measured = {
  machine: { constant: 0.25, perImage: 0.25, cores: 2 },
  sums: [sumsOf(2), sumsOf(4)],
  steps: [{ width: 1, workers: 2, alone: 1, withoutExchange: 1.1, withExchange: 1.5 }],
  messages: [undefined, 1e9].map((wire) => ({ wire, taken: Array(7).fill(taken(1.25)) })),
  obstacle: undefined,
  statistics: new Map([["A", taken(0.2)]]),
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
  assert.deepEqual(cells(plan, 0).slice(0, 3), ["8", "1 Gbit/s", "2.25 s, 3.56/s, 100 %"]);
});

Deno.test("the latency and bandwidth of sums are those of a hop and of the bytes sent", () => {
  const { about, table } = sectionOf("One sum");
  // Each of two sends the tensor once, in two hops; each of four one and a half times, in six.
  assert.match(about, /0\.500 ms a hop and 1\.05 GB\/s for 2 workers/);
  assert.match(about, /0\.167 ms a hop and 1\.57 GB\/s for 4 workers/);
  assert.match(table, /^\| 8 MiB {3}\| 9\.00 \(4\.50\)/m);
});

Deno.test("the exchange adds the difference of the measured steps", () => {
  const steps = cells(sectionOf("What the exchange adds to a step"), 0);
  // VGG-A at 32 px with ten classes has 28,144,010 parameters, 113 MB.
  assert.deepEqual(steps, ["1", "113 MB", "2", "1000", "1100", "1500", "400"]);
});

Deno.test("a wire that is not measured is left out, with the reason", () => {
  const { messages } = measured;
  const facts = { ...measured, messages: messages.slice(0, 1), obstacle: "no tc" };
  const { about, table } = sectionOf("Sizes of messages, and overlap", facts);
  assert.match(about, /were not measured: no tc\.$/);
  assert.doesNotMatch(table, /Gbit/);
});
