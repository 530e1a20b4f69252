const elsewhere = "or name TensorFlow's library in VGG_TENSORFLOW";

/** What pip says where it is missing, by what to do about it; the first that fits is taken. */
const causes: readonly (readonly [RegExp, string])[] = [
  [/No module named pip/, `python3 has no pip: install it (python3 -m ensurepip), ${elsewhere}`],
  [/No space left on device/, `the disk is full: free 1.2 GB, ${elsewhere}`],
  [
    /Retrying \(|ConnectionError|Max retries exceeded|ReadTimeout|name resolution/,
    `the package index cannot be reached: try again with a connection, ${elsewhere}`,
  ],
];

/**
 * Makes one line of what pip, or Python, wrote before it failed: the cause if it is a known one, and
 * pip's own last error.
 */
export function explainPip(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const said = lines.findLast((line) => line.startsWith("ERROR")) ?? lines.at(-1);
  const cause = causes.find(([pattern]) => pattern.test(stderr))?.[1] ?? elsewhere.slice(3);
  return `fetching TensorFlow failed (${said ?? "python3 said nothing"}); ${cause}`;
}
