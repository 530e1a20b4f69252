import { XMLParser } from "fast-xml-parser";
import { z } from "zod";

/** How many tests ended how. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Adds up counts; of none, zeros. */
export function addCounts(counts: readonly Counts[]): Counts {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of counts) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  return sum;
}

/** The line that ends a run: `3 passed, 1 failed, 2 skipped`. */
export function countLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed` + (skipped > 0 ? `, ${skipped} skipped` : "");
}

/** An element of XML; the parser makes an empty text of one without content. */
function element<Shape extends z.ZodRawShape>(
  shape: Shape,
): z.ZodType<z.infer<z.ZodObject<Shape>>> {
  return z.preprocess((value) => typeof value === "string" ? {} : value, z.object(shape));
}

/** What is read of JUnit's format. */
const testCase = element({
  failure: z.unknown().optional(),
  error: z.unknown().optional(),
  skipped: z.unknown().optional(),
});
const suite = element({ testcase: z.array(testCase).default([]) });
const report = z.object({ testsuites: element({ testsuite: z.array(suite).default([]) }) });

/**
 * Counts the test cases of a JUnit report, steps included.
 *
 * @throws {Error} Where the text is not a whole report.
 */
export function countReport(xml: string): Counts {
  const parser = new XMLParser({ isArray: (name) => name === "testsuite" || name === "testcase" });
  const { testsuites } = report.parse(parser.parse(xml, true));
  const cases = testsuites.testsuite.flatMap((each) => each.testcase);
  return addCounts(cases.map((each) => {
    const failed = each.failure !== undefined || each.error !== undefined;
    const skipped = !failed && each.skipped !== undefined;
    return { passed: +(!failed && !skipped), failed: +failed, skipped: +skipped };
  }));
}

/**
 * Counts a test process that has ended. What its report does not show counts as one failure: an end
 * without a report, a bad status without a failed case, a file that fails before its first test, or
 * no tests at all.
 *
 * @param report JUnit's text, or nothing where the process left none.
 */
export function countRun(success: boolean, report: string | undefined): Counts {
  const counts = readReport(report);
  const ran = counts.passed + counts.failed + counts.skipped > 0;
  const hidden = counts.failed === 0 && (!success || !ran);
  return hidden ? { ...counts, failed: 1 } : counts;
}

function readReport(report: string | undefined): Counts {
  try {
    return countReport(report ?? "");
  } catch {
    return addCounts([]); // Cut off by the process's end; the caller counts it as a failure.
  }
}
