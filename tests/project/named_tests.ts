import { dirname, join } from "@std/path";

/** A link of a page to a test: `[file](tests/file_test.ts "the test's name")`. */
export interface TestLink {
  /** The file as the link has it, relative to the page's folder. */
  readonly file: string;
  /** The words of the link's title: a test's name, with … for what its file puts in. */
  readonly test: string;
}

/** The links to tests in a text; the name is empty if a link has no title. */
export function testLinks(text: string): TestLink[] {
  const links = text.matchAll(/\]\(([^)\s]*_test\.ts)(?: "((?:[^"\\]|\\.)*)")?\)/g);
  return [...links].map(([, file = "", test = ""]) => ({ file, test }));
}

/**
 * Says what is wrong with a page's links to tests: one without a test's name, or whose file has no test of
 * that name.
 */
export async function wrongTestLinks(page: string, text: string): Promise<string[]> {
  const wrong: string[] = [];
  for (const { file, test } of testLinks(text)) {
    const source = await Deno.readTextFile(join(dirname(page), file)).catch(() => "");
    if (test === "" || !testNames(source).some((name) => isSame(name, test))) {
      wrong.push(`${file} has no test "${test}"`);
    }
  }
  return wrong;
}

/** The rows of a page's tables whose last column is `test`, and that have no link to one. */
export function rowsWithoutTest(text: string): string[] {
  const rows: string[] = [];
  let inTable = false;
  for (const line of text.split("\n")) {
    if (!line.startsWith("|")) inTable = false;
    else if (/\|\s*test\s*\|$/.test(line)) inTable = true;
    else if (inTable && !/^\|[\s|:-]+$/.test(line) && testLinks(line).length === 0) {
      rows.push(line.split("|")[1]!.trim());
    }
  }
  return rows;
}

/** The names of a file's tests as they are written there: the first text in a call of a test function. */
export function testNames(source: string): string[] {
  const calls = source.matchAll(
    /(?:\b(?:Deno\.test|\w*[tT]est\w*|leavesNothing)\((?:\{\s*name:)?|^\s*name:)\s*(["`])((?:(?!\1)[^\\]|\\.)*)\1/gm,
  );
  return [...calls].map(([, , name = ""]) => name);
}

/** Whether a name is a test's: what the test's file puts into its name may be anything, or … */
function isSame(name: string, test: string): boolean {
  const parts = name.split(/\$\{(?:[^{}]|\{[^{}]*\})*\}/).map((part) =>
    part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")
  );
  return new RegExp(`^${parts.join(".*")}$`).test(test);
}
