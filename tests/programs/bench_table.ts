import { median } from "../bench/statistics.ts";
import type { Program } from "./programs.ts";
import type { Report, RunnerName, Time } from "./run_program.ts";

/** What a program runs on. */
export type Column = RunnerName | "keras";

/** How to read the table. */
const titles: Readonly<Record<Column, string>> = {
  compiled: "engine, compiled",
  eager: "engine, eager",
  native: "tfjs-node's addon",
  wasm: "WebAssembly",
  cpu: "plain JavaScript",
  keras: "Keras",
};

type Reports = (program: string, column: Column) => readonly Report[];

/** The rows of a program: a step of training, where it has any, and what it takes as a whole. */
const rows: readonly { readonly title: string; read(report: Report): Time | undefined }[] = [
  { title: "a step of `fit`", read: ({ steps }) => steps.length > 2 ? middle(steps) : undefined },
  { title: "`fit`, all of it", read: ({ fit }) => fit.calls > 0 ? fit : undefined },
  { title: "the program", read: ({ whole }) => whole },
];

/** The median of the rounds, in processor time and on the clock, and how many times as fast compiled is. */
export function speedTable(
  programs: readonly Pick<Program, "name">[],
  columns: readonly Column[],
  reports: Reports,
): string {
  const lines = programs.flatMap(({ name }) =>
    rows.flatMap(({ title, read }) => {
      const times = columns.map((column) => {
        const found = reports(name, column).map(read).filter((time) => time !== undefined);
        return found.length > 0 ? found : undefined;
      });
      if (times.every((time) => time === undefined)) return [];
      const [compiled, eager] = ["compiled", "eager"].map((column) =>
        times[columns.indexOf(column as Column)]
      );
      return [[name, title, ...times.map(cell), ratio(compiled, eager)]];
    })
  );
  const head = ["program", "what", ...columns.map((column) => titles[column]), "eager / compiled"];
  return [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

/** The median step, by processor time and by the clock. */
function middle(steps: readonly Time[]): Time {
  return {
    calls: steps.length,
    seconds: median(steps.map(({ seconds }) => seconds)),
    cpuSeconds: median(steps.map(({ cpuSeconds }) => cpuSeconds)),
  };
}

function cell(times: readonly Time[] | undefined): string {
  if (!times) return "—";
  const cpu = median(times.map(({ cpuSeconds }) => cpuSeconds));
  return `${duration(cpu)} (${duration(median(times.map(({ seconds }) => seconds)))})`;
}

function duration(seconds: number): string {
  return seconds < 1 ? `${(seconds * 1000).toPrecision(3)} ms` : `${seconds.toPrecision(3)} s`;
}

/** The median of the rounds' ratios of processor time. */
function ratio(one: readonly Time[] | undefined, other: readonly Time[] | undefined): string {
  if (!one || !other) return "—";
  const rounds = one.slice(0, other.length);
  return median(rounds.map(({ cpuSeconds }, round) => other[round]!.cpuSeconds / cpuSeconds))
    .toFixed(2);
}
