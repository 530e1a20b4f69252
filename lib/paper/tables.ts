import { table, type TableContent } from "../display/table.ts";
import type { TestResult } from "./results.ts";

const titles = {
  3: "Table 3: tested at a single scale",
  4: "Table 4: tested at several scales",
} as const;

/**
 * Makes one of the two tables: the errors of the miniature and of the paper in percent. S and Q, the
 * shortest sides of training and test images, are in the paper's pixels, for crops of 224.
 */
export function resultsTable(number: 3 | 4, results: readonly TestResult[]): TableContent {
  return table({
    title: titles[number],
    columns: ["S", "Q", "net", "top-1", "95 % interval", "top-5", "paper top-1", "paper top-5"],
    rows: results.filter(({ table }) => table === number).map(
      ({ train, test, net, top1, top5, classes = Infinity, interval, paper }) => [
        train.length === 2 ? `[${train.join(";")}]` : String(train[0]),
        test.length === 1 ? String(test[0]) : `{${test.join(",")}}`,
        net,
        top1.toFixed(1),
        interval.map((end) => end.toFixed(1)).join(" to "),
        classes > 5 ? top5.toFixed(1) : "",
        paper.top1.toFixed(1),
        paper.top5.toFixed(1),
      ],
    ),
  });
}

/** Lists the networks by their top-1 errors at S = Q = 256, for the miniature and for the paper. */
export function formatOrders(results: readonly TestResult[]): string[] {
  const compared = results.filter(({ table, train }) => table === 3 && train.join() === "256");
  const order = (error: (result: TestResult) => number): string =>
    compared.toSorted((a, b) => error(a) - error(b)).map(({ net }) => net).join(", ");
  return [
    `lowest error first, S = Q = 256:  ${order(({ top1 }) => top1)}`,
    `in the paper:                     ${order(({ paper }) => paper.top1)}`,
  ];
}
