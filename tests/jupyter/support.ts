// deno-lint-ignore-file no-console -- what is printed is what is tested.

/** Runs something and gives the lines that it printed. */
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
