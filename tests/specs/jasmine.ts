import jasmineCore from "jasmine-core";

/** How one spec, or what stands around the specs of a suite, ended. */
export interface SpecResult {
  readonly name: string;
  readonly status: "passed" | "failed" | "pending";
  /** What failed in it. */
  readonly failures: readonly string[];
}

/** What is used of jasmine, which has no types of its own. */
interface Result {
  readonly fullName?: string;
  readonly status?: string;
  readonly failedExpectations: readonly { readonly message: string }[];
}
interface Environment {
  configure(options: {
    random: boolean;
    specFilter: (spec: { getFullName(): string }) => boolean;
  }): void;
  addReporter(reporter: Record<string, (result: Result) => void>): void;
  execute(): Promise<void>;
}

/**
 * Runs jasmine specs one after the other, in the order in which they are declared.
 *
 * @param declare Called once jasmine's globals are there.
 * @param only Which specs to run, by their full names.
 */
export async function runSpecs(
  declare: () => void,
  only: (name: string) => boolean,
): Promise<SpecResult[]> {
  const environment = jasmineCore.boot().getEnv() as Environment;
  declare();
  const results: SpecResult[] = [];
  const add = (name: string, status: SpecResult["status"], result: Result): void => {
    results.push({ name, status, failures: result.failedExpectations.map((each) => each.message) });
  };
  // Set-up and tear-down have no status of their own.
  const addFailure = (result: Result): void => {
    if (result.failedExpectations.length > 0) add(result.fullName ?? "all", "failed", result);
  };
  environment.configure({ random: false, specFilter: (spec) => only(spec.getFullName()) });
  environment.addReporter({
    specDone: (result) => {
      const { status } = result;
      if (status === "passed" || status === "failed" || status === "pending") {
        add(result.fullName ?? "", status, result);
      }
    },
    suiteDone: addFailure,
    jasmineDone: addFailure,
  });
  await environment.execute();
  return results;
}
