import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };

/** What a command printed and how it ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const root = new URL("../../", import.meta.url);

/** The flags of a list of permissions, which tasks take by `$(cat lib/cli/permissions/compute)`. */
export function permissionFlags(list: string): string[] {
  return Deno.readTextFileSync(new URL(`lib/cli/permissions/${list}`, root)).trim().split(/\s+/);
}

/** The words of a task's command, behind `deno run`: its permissions among them. */
export function wordsOf(task: string | undefined): string[] {
  const known: Readonly<Record<string, { readonly command: string }>> = config.tasks;
  const { command } = known[task ?? ""] ?? {};
  const [, list] = /\$\(cat lib\/cli\/permissions\/(\w+)\)/.exec(command ?? "") ?? [];
  return list || !command ? ["-q", ...permissionFlags(list ?? "compute")] : ["-A"];
}

/**
 * Runs the command line as `deno task` does, in the project's folder and with the task's permissions.
 *
 * @param before A program that starts it, with its words.
 */
export async function vgg(
  args: readonly string[],
  env: Record<string, string> = {},
  before: readonly string[] = [],
): Promise<Ended> {
  const { code, stdout, stderr } = await vggCommand(args, env, before).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out!, err: err! };
}

/** What {@linkcode vgg} runs, for whoever does more than wait for its end. */
export function vggCommand(
  args: readonly string[],
  env: Record<string, string> = {},
  before: readonly string[] = [],
): Deno.Command {
  const [program, ...words] = [...before, Deno.execPath()];
  return new Deno.Command(program!, {
    args: [...words, "run", "--no-check", ...wordsOf(args[0]), "lib/cli.ts", ...args],
    cwd: root,
    // It does not matter in which folder the tests were called, and whether by npx.
    env: { NO_COLOR: "1", INIT_CWD: fileURLToPath(root), npm_lifecycle_event: "", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}
