import { createRequire } from "node:module";

/**
 * The specs that tfjs-node leaves out of its own runs, as parts of their full names. Its package
 * has the list in the program that runs them.
 *
 * @throws {Error} Where the package's program has no such list.
 */
export async function nodeExclusions(): Promise<string[]> {
  const path = createRequire(import.meta.url).resolve(
    "@tensorflow/tfjs-node-gpu/src/run_tests.ts",
  );
  const program = await Deno.readTextFile(path);
  const list = /IGNORE_LIST: string\[\] = \[(.*?)^\];/ms.exec(program)?.[1];
  const names = [...(list ?? "").matchAll(/^ *'(.+)',/gm)].map((match) => match[1] ?? "");
  if (names.length === 0) throw new Error(`${path} lists no specs`);
  return names;
}
