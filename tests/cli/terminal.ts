// deno-lint-ignore-file no-control-regex -- they are what a terminal obeys

import { fileURLToPath } from "node:url";
import { vgg } from "./support.ts";

/** What a person sees of a command in a terminal. */
export interface Screen {
  readonly code: number;
  /** The lines that stay. */
  readonly lines: readonly string[];
  /** All that was ever on one line, bars that are gone included. */
  readonly drawn: readonly string[];
  /** Whether the cursor is shown and lines wrap, as before. */
  readonly isClean: boolean;
  /** Whether the terminal was sent no control characters but line breaks. */
  readonly isPlain: boolean;
}

const program = fileURLToPath(new URL("in_terminal.py", import.meta.url));

export const hasTerminals = Deno.build.os !== "windows" &&
  await new Deno.Command("python3", { args: ["-c", "import pty"], stderr: "null" }).output().then(
    ({ success }) => success,
    () => false,
  );

/**
 * Runs the command line in a terminal of some columns.
 *
 * @param interruptAt Ctrl-C is typed once this regular expression of Python was printed.
 */
export async function inTerminal(
  columns: number,
  args: readonly string[],
  { interruptAt = "", env = {} }: { interruptAt?: string; env?: Record<string, string> } = {},
): Promise<Screen> {
  const before = ["python3", program, String(columns), interruptAt];
  const { code, out } = await vgg(args, { TERM: "xterm", COLUMNS: "", ...env }, before);
  return { code, isPlain: !out.includes("\x1b"), ...replay(out) };
}

/** Carries out what a terminal is told, as far as the command line tells it anything. */
function replay(output: string): Omit<Screen, "code" | "isPlain"> {
  const lines: string[] = [""];
  const drawn = new Set<string>();
  let [column, isClean] = [0, true];
  const line = (): string => lines[lines.length - 1]!;
  for (const [token] of output.matchAll(/\x1b\[[?\d;]*[A-Za-z]|\x1b[78]|\r|\n|[^\x1b\r\n]+/g)) {
    if (token === "\n") [column] = [lines.push("") * 0];
    else if (token === "\r" || token === "\x1b[1G" || token === "\x1b[0G") column = 0;
    else if (token === "\x1b[K" || token === "\x1b[0K") {
      lines[lines.length - 1] = line().slice(0, column);
    } else if (token === "\x1b[2K") lines[lines.length - 1] = "";
    else if (/^\x1b\[\?(25|7)[lh]$/.test(token)) isClean = token.endsWith("h");
    else if (!token.startsWith("\x1b")) {
      lines[lines.length - 1] = line().slice(0, column).padEnd(column) + token +
        line().slice(column + token.length);
      column += token.length;
      drawn.add(line().trimEnd());
    }
  }
  return { lines: lines.map((text) => text.trimEnd()), drawn: [...drawn], isClean };
}
