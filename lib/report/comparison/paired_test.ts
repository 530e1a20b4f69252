import { percent } from "../../display/format.ts";
import { type Content, type Html, markup } from "../../display/markup.ts";
import { type HtmlCell, numbers } from "../../display/table.ts";
import { mcnemarTest } from "../../evaluation/metrics/mcnemar.ts";
import type { Prediction } from "../../runs/schemas.ts";
import type { ReportedRun } from "../read_run.ts";
import { scrollTable, type Section, section, type SectionContext } from "../sections/section.ts";
import type { Pairing, PredictionPair } from "./pair_runs.ts";
import { shortNames } from "./run_names.ts";

/** Whether a prediction is correct. */
export function isCorrect({ actual, predicted }: Prediction): boolean {
  return actual === predicted;
}

/**
 * McNemar's test of each run against the first.
 *
 * @param pairings Those of the second run, of the third and so on with the first.
 */
export function pairedTestSection(
  runs: readonly ReportedRun[],
  pairings: readonly Pairing[],
  context: SectionContext,
): Section {
  const [first, ...others] = shortNames(runs);
  const rows = pairings.flatMap(({ pairs }, index) =>
    pairs ? [testRow(others[index]!, pairs)] : []
  );
  const missing = pairings.flatMap(({ reason }, index): Html[] =>
    reason ? [markup`<li>${first} and ${others[index]}: none, because ${reason}.</li>`] : []
  );
  const table = rows.length === 0 ? undefined : scrollTable({
    title: `Each run against ${first}, on the same images`,
    columns: [
      "Run",
      ...numbers("Both right", `Only ${first} right (b)`, "Only this run right (c)", "Both wrong"),
      ...numbers("Difference in top-1", "p-value"),
      "Test",
    ],
    rows,
  });
  return section(
    context,
    "paired-test",
    "Paired test",
    table,
    rows.length === 0 ? undefined : explanation(rows.length),
    missing.length === 0 ? undefined : markup`<ul class="note">${missing}</ul>`,
  );
}

function testRow(name: string, pairs: readonly PredictionPair[]): HtmlCell[] {
  const count = (first: boolean, other: boolean): number =>
    pairs.filter((pair) => isCorrect(pair.first) === first && isCorrect(pair.other) === other)
      .length;
  const { b, c, pValue, method, chiSquared } = mcnemarTest(count(true, false), count(false, true));
  return [
    name,
    count(true, true),
    b,
    c,
    count(false, false),
    `${c >= b ? "+" : "−"}${percent(Math.abs(c - b) / pairs.length)}`,
    pValue < 0.0001 ? "< 0.0001" : pValue.toPrecision(2),
    chiSquared === undefined ? method : `${method}: ${chiSquared.toFixed(2)}`,
  ];
}

function explanation(tests: number): Content {
  const several = tests > 1
    ? markup` The p-values are not corrected for ${tests} comparisons: among 20 comparisons of equally
accurate nets, about one has a p-value below 0.05 by chance. By Bonferroni's correction, only p-values
below ${(0.05 / tests).toPrecision(2)} are significant at the 5 % level.`
    : "";
  return markup`<p class="lead">McNemar's test uses only the images that exactly one of the two runs
classifies correctly. The p-value is the probability of counts b and c at least as unequal as these if
both nets were equally accurate: the exact binomial probability if b + c is below 25, otherwise
chi-squared with continuity correction (McNemar,
Psychometrika 12, 1947; Edwards, Psychometrika 13, 1948). It compares these two trained nets; how
much results vary with the seed takes several runs of each.${several}</p>`;
}
