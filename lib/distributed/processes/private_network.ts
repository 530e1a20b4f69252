import { withoutLinkerVariables } from "./own_command.ts";
import { loopback, raiseLoopback } from "./loopback.ts";

/** There can be no private network here; the message says why in one line. */
export class PrivateNetworkError extends Error {
  override readonly name = "PrivateNetworkError";
}

/** Starts a program in a network that it shares with nobody, as root of a name space of its own. */
const unshare = ["unshare", "--user", "--map-root-user", "--net", "--"] as const;

/** The words that start a command in a private network. */
export function inPrivateNetwork(words: readonly string[]): string[] {
  return [...unshare, ...words];
}

/** @throws {PrivateNetworkError} Where this system does not let this user have a private network. */
export async function requirePrivateNetwork(): Promise<void> {
  if (Deno.build.os !== "linux") throw refusal(`this is ${Deno.build.os}`);
  const obstacle = await tryPrivateNetwork();
  if (obstacle !== undefined) throw refusal(obstacle);
}

/** What stands in the way of a private network, if anything. */
async function tryPrivateNetwork(): Promise<string | undefined> {
  const [program, ...args] = inPrivateNetwork(["true"]);
  try {
    const command = new Deno.Command(program!, {
      args,
      clearEnv: true,
      env: withoutLinkerVariables(),
    });
    const { success, stderr } = await command.output();
    return success ? undefined : new TextDecoder().decode(stderr).trim();
  } catch (error) {
    // There is no such program.
    return (error as Error).message;
  }
}

/**
 * Readies the private network that this process was started in.
 *
 * @throws {PrivateNetworkError} Where anything but a working loopback is in it.
 */
export function enterPrivateNetwork(): void {
  raiseLoopback();
  const names = Deno.networkInterfaces().map(({ name }) => name);
  if (names.length > 0 && names.every((name) => name === loopback)) return;
  const found = names.length > 0
    ? `it has ${[...new Set(names)].join(", ")}`
    : `${loopback} is off`;
  throw refusal(`it must have ${loopback} alone, switched on; ${found}`);
}

function refusal(why: string): PrivateNetworkError {
  return new PrivateNetworkError(
    `workers of one machine need a private network of Linux (${why.replaceAll("\n", "; ")}); ` +
      "without one, start each worker yourself, with TF_CONFIG, in a network that you trust",
  );
}
