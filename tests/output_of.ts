/** Runs a program to its end. Returns `undefined` if there is none, for which some systems throw at once. */
export async function outputOf(command: Deno.Command): Promise<Deno.CommandOutput | undefined> {
  try {
    return await command.output();
  } catch {
    return undefined;
  }
}
