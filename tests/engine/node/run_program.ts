import { join } from "@std/path";
import { pathToFileURL } from "node:url";
import { childFlags } from "../../child_flags.ts";
import config from "../../../deno.json" with { type: "json" };

const root = join(import.meta.dirname ?? ".", "..", "..", "..");

/** How {@linkcode runProgram} runs a program. */
interface Options {
  /** Flags of Deno, before the program. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A program's standard output and error. */
export interface Printed {
  readonly out: string;
  readonly err: string;
}

/**
 * Runs a program that is written for tfjs-node in a folder, with an import map that has one line more
 * than this project's.
 *
 * @throws {Error} If it fails, with what it printed.
 */
export async function runProgram(
  folder: string,
  name: string,
  source: string,
  { flags = [], env = {} }: Options = {},
): Promise<Printed> {
  await Deno.writeTextFile(join(folder, name), source);
  const imports = Object.fromEntries(
    Object.entries(config.imports).flatMap(([key, to]) =>
      to.startsWith("npm:")
        ? [[key, to], [`${key}/`, `npm:/${to.slice("npm:".length)}/`]]
        : [[key, to.startsWith("./") ? pathToFileURL(join(root, to)).href : to]]
    ),
  );
  const entry = imports["vgg/tfjs-node"];
  const map = join(folder, "import_map.json");
  const lines = { ...imports, "@tensorflow/tfjs-node": entry };
  await Deno.writeTextFile(map, JSON.stringify({ imports: lines }));
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", ...childFlags, "--config", join(root, "deno.json")],
      ...["--import-map", map, ...flags, name],
    ],
    cwd: folder,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) throw new Error(`${name} failed: ${out}${err}`);
  return { out: out!, err: err! };
}
