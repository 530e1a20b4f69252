/** What a command printed and how it ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const root = new URL("../../", import.meta.url);

/** Runs the command line as `deno task` does, in the project's folder. */
export async function vgg(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  const command = new Deno.Command(Deno.execPath(), {
    // On a new machine Deno itself would tell of packages that it fetches.
    args: ["run", "-A", "--no-check", "--quiet", "lib/cli.ts", ...args],
    cwd: root,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  });
  const { code, stdout, stderr } = await command.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out!, err: err! };
}
