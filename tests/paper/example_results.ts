import { wilsonInterval } from "../../lib/evaluation/metrics/wilson.ts";
import { published } from "../../lib/paper/published.ts";
import type { TestResult } from "../../lib/paper/results.ts";

/** Made-up results: the first line has an error of 45 %, each further line one of a percent less. */
export const exampleResults: readonly TestResult[] = published.map(
  ({ table, net, train, test, top1, top5 }, index): TestResult => {
    const error = 45 - index;
    const [low, high] = wilsonInterval(5 * error, 500);
    return {
      ...{ table, net, train, test, run: net, created: "2026-01-01T00:00:00.000Z", images: 500 },
      ...{ top1: error, top5: 5, interval: [100 * low, 100 * high], paper: { top1, top5 } },
    };
  },
);
