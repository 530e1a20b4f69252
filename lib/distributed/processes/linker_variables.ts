/** Variables that decide which native code a program loads. Deno passes them on only with all permissions. */
const linkerPattern = /^(LD|DYLD)_/i;

/** Returns the environment without the dynamic linker's variables. */
export function withoutLinkerVariables(): Record<string, string> {
  const all = Object.entries(Deno.env.toObject());
  return Object.fromEntries(all.filter(([name]) => !linkerPattern.test(name)));
}

/** Returns the dynamic linker's variables as arguments of the program `env`. CUDA's libraries may need them. */
export function linkerWords(): string[] {
  const all = Object.entries(Deno.env.toObject());
  return all.filter(([name]) => linkerPattern.test(name)).map(([name, value]) =>
    `${name}=${value}`
  );
}
