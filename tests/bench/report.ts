import type { Outcome } from "./outcome.ts";
import type { Trial } from "./forms.ts";
import type { FrameworkName } from "./frameworks.ts";
import type { NetworkCase } from "./protocol.ts";
import { median, ratioOf, speedOf } from "./statistics.ts";

/** One framework's part in one case, as `--json` writes it. */
export interface Row {
  readonly what: NetworkCase["what"];
  readonly framework: FrameworkName;
  /** The fastest of its forms, in which it was measured, where it has several. */
  readonly form?: string;
  /** What each of its forms reached when all were tried. */
  readonly forms?: readonly Trial[];
  readonly precision: NetworkCase["precision"];
  readonly size: number;
  readonly batch: number;
  /** Null where it was not measured. */
  readonly images_per_second: { readonly median: number | null; readonly best: number | null };
  /** How many times as fast this library was, as the median over the rounds. */
  readonly ratio: number | null;
  readonly peak_bytes: number | null;
  readonly parameters: number | null;
  readonly status: Outcome["status"];
  readonly reason?: string;
}

/** The rows of a case; the first outcome is the one that all are compared with. */
export function rowsOf(
  work: NetworkCase,
  outcomes: readonly Outcome<FrameworkName>[],
  trials: ReadonlyMap<FrameworkName, readonly Trial[]> = new Map(),
): Row[] {
  const { what, precision, size, batch } = work;
  return outcomes.map((outcome) => {
    const { name: framework, form, status, reason, opened, peakBytes } = outcome;
    const forms = trials.get(framework);
    const speed = status === "measured" ? speedOf(outcome.rounds, batch) : undefined;
    return {
      what,
      framework,
      ...(form === undefined ? {} : { form }),
      ...(forms === undefined ? {} : { forms }),
      precision,
      size,
      batch,
      images_per_second: { median: speed?.median ?? null, best: speed?.best ?? null },
      ratio: ratioToFirst(outcomes, outcome),
      peak_bytes: peakBytes ?? null,
      parameters: opened?.parameters ?? null,
      status,
      ...(reason === undefined ? {} : { reason }),
    };
  });
}

/** The table of steps. */
export function stepsTable(rows: readonly Row[]): string {
  return table(
    ["case", "framework", "images/s, median", "best", "ours / it", "peak memory"],
    rows.map((row) => [
      `${row.what}, ${row.size} px, batch ${row.batch}, ${row.precision}`,
      named(row),
      row.reason === undefined ? figures(row.images_per_second.median) : unmeasured(row),
      figures(row.images_per_second.best),
      times(row.ratio),
      row.peak_bytes === null ? "" : `${(row.peak_bytes / 2 ** 30).toFixed(2)} GiB`,
    ]),
  );
}

/** `pytorch (autocast, eager; failed: autocast, torch.compile)` */
function named({ framework, form, forms = [] }: Row): string {
  const failed = forms.filter((other) => other.best === null && other.form !== form);
  const without = failed.length === 0
    ? ""
    : `; failed: ${failed.map((other) => other.form).join(" and ")}`;
  return form === undefined ? framework : `${framework} (${form}${without})`;
}

/** The table of times to the first step. */
export function startTable(outcomes: readonly Outcome[]): string {
  return table(
    ["framework", "seconds, median", "shortest", "it / ours"],
    outcomes.map((outcome) => {
      if (outcome.reason !== undefined) return [outcome.name, unmeasured(outcome), "", ""];
      const seconds = outcome.rounds.flat();
      return [
        outcome.name,
        median(seconds).toFixed(2),
        Math.min(...seconds).toFixed(2),
        times(ratioToFirst(outcomes, outcome)),
      ];
    }),
  );
}

/** The table of epochs on files: the first, which for some includes decoding once, and the second. */
export function epochsTable(outcomes: readonly Outcome[], images: number): string {
  const only = (outcome: Outcome, epoch: number): Outcome => ({
    ...outcome,
    rounds: outcome.rounds.map((seconds) => seconds.slice(epoch, epoch + 1)),
  });
  return table(
    ["framework", "images/s, first epoch", "second epoch", "ours / it, first", "second"],
    outcomes.map((outcome) => {
      if (outcome.reason !== undefined) return [outcome.name, unmeasured(outcome), "", "", ""];
      const epochs = [0, 1].map((epoch) => only(outcome, epoch));
      return [
        outcome.name,
        ...epochs.map(({ rounds }) => figures(speedOf(rounds, images).median)),
        ...epochs.map((part, epoch) =>
          times(ratioToFirst(outcomes.map((other) => only(other, epoch)), part))
        ),
      ];
    }),
  );
}

/** A Markdown table. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heads, ...rows];
  const widths = heads.map((_, column) =>
    Math.max(3, ...all.map((row) => row[column]?.length ?? 0))
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join(" | ")} |`;
  return [line(heads), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join(
    "\n",
  );
}

/** How many times as fast the first was as this one; null for itself, and where one has no time. */
function ratioToFirst(outcomes: readonly Outcome[], outcome: Outcome): number | null {
  const first = outcomes[0];
  const measured = first?.status === "measured" && outcome.status === "measured";
  if (!first || !measured || first.name === outcome.name) return null;
  return ratioOf(first.rounds, outcome.rounds);
}

function unmeasured({ status, reason }: { status: string; reason?: string }): string {
  // A bar would end the cell.
  return `${status}: ${reason}`.replaceAll("|", "\\|");
}

function times(ratio: number | null): string {
  return ratio === null ? "" : `${ratio.toFixed(2)} ×`;
}

/** Three figures, or all before the point. */
export function figures(value: number | null): string {
  if (value === null) return "";
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(decimals, 3));
}
