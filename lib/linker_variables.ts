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
 * Runs a program with this process's whole environment. Where that has variables of the dynamic linker,
 * the program `env` sets them: Deno itself refuses to.
 *
 * @throws {Deno.errors.NotFound} If there is no such program.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: Omit<Deno.CommandOptions, "args" | "clearEnv"> = {},
): Promise<Deno.CommandOutput> {
  const output = await commandFor(program, args, options).output();
  return requireFound(program, output);
}

/** Like {@linkcode runProgram}, but waits for the program. */
export function runProgramSync(
  program: string,
  args: readonly string[],
  options: Omit<Deno.CommandOptions, "args" | "clearEnv"> = {},
): Deno.CommandOutput {
  return requireFound(program, commandFor(program, args, options).outputSync());
}

function commandFor(
  program: string,
  args: readonly string[],
  options: Omit<Deno.CommandOptions, "args" | "clearEnv">,
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

function requireFound(program: string, output: Deno.CommandOutput): Deno.CommandOutput {
  if (output.code !== notFound || linkerWords().length === 0) return output;
  throw new Deno.errors.NotFound(`there is no program ${program}`);
}
