import { pathVariable } from "./environment.ts";

const setPath = `set ${pathVariable} to TensorFlow's library`;

/** Known causes, by what pip or Python writes then, with what to do; the first match applies. */
const causes: readonly (readonly [RegExp, string])[] = [
  [/No module named pip/, "python3 has no pip: install it (python3 -m ensurepip)"],
  [/No space left on device/, "the disk is full: free 1.2 GB"],
  [
    /Retrying \(|ConnectionError|Max retries exceeded|ReadTimeout|name resolution/,
    "the package index cannot be reached: try again with a connection",
  ],
];

/**
 * Explains in one line why pip failed: its own last error, the cause if it is a known one, and what to
 * do.
 *
 * @param stderr What pip or Python wrote.
 */
export function explainPip(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const error = lines.findLast((line) => line.startsWith("ERROR")) ?? lines.at(-1);
  const cause = causes.find(([pattern]) => pattern.test(stderr))?.[1];
  const advice = cause ? `${cause}, or ${setPath}` : setPath;
  return `fetching TensorFlow failed (${error ?? "python3 wrote nothing"}); ${advice}`;
}
