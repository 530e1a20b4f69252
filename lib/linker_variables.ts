/** What decides which native code a program loads; Deno hands it on only with all permissions. */
const ofLinker = /^(LD|DYLD)_/i;

/** The environment without the dynamic linker's variables. */
export function withoutLinkerVariables(): Record<string, string> {
  const all = Object.entries(Deno.env.toObject());
  return Object.fromEntries(all.filter(([name]) => !ofLinker.test(name)));
}

/** The dynamic linker's variables, as words of the program `env`: CUDA's libraries may need them. */
export function linkerWords(): string[] {
  const all = Object.entries(Deno.env.toObject());
  return all.filter(([name]) => ofLinker.test(name)).map(([name, value]) => `${name}=${value}`);
}

/** The status with which `env` ends if it does not find the program. */
const notFound = 127;

/**
 * A command with this process's whole environment. Where that has variables of the dynamic linker, the
 * program `env` sets them: Deno itself refuses to.
 */
export function programCommand(
  program: string,
  args: readonly string[],
  options: Omit<Deno.CommandOptions, "args" | "clearEnv"> = {},
): Deno.Command {
  const words = linkerWords();
  if (words.length === 0) return new Deno.Command(program, { ...options, args: [...args] });
  return new Deno.Command("env", {
    ...options,
    args: [...words, program, ...args],
    clearEnv: true,
    env: { ...withoutLinkerVariables(), ...options.env },
  });
}

/**
 * Throws what Deno throws for a missing program, if `env` did not find it.
 *
 * @throws {Deno.errors.NotFound}
 */
export function requireFound(program: string, code: number): void {
  if (code !== notFound || linkerWords().length === 0) return;
  throw new Deno.errors.NotFound(`there is no program ${program}`);
}
