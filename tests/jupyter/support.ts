// deno-lint-ignore-file no-console -- the tests check printed lines.

/** Returns the lines that `work` prints. */
export async function printed(work: () => Promise<unknown>): Promise<string[]> {
  const { log } = console;
  const lines: string[] = [];
  console.log = (line: string): void => {
    lines.push(line);
  };
  try {
    await work();
  } finally {
    console.log = log;
  }
  return lines;
}
