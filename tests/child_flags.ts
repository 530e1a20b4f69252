/**
 * Deno's flags for the programs that tests start: types are checked elsewhere, and packages come from Deno's
 * cache, as in users' tasks.
 */
export const childFlags = ["--no-check", "--quiet", "--node-modules-dir=none"] as const;
