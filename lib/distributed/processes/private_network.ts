import { withoutLinkerVariables } from "../../linker_variables.ts";
import { loopback, raiseLoopback } from "./loopback.ts";

/** A private network is not available. The message says why in one line. */
export class PrivateNetworkError extends Error {
  override readonly name = "PrivateNetworkError";
}

/** Starts a program in a network namespace of its own, as root of a user namespace of its own. */
const unshare = ["unshare", "--user", "--map-root-user", "--net", "--"] as const;

/** Returns a command that runs another command in a private network. */
export function inPrivateNetwork(words: readonly string[]): string[] {
  return [...unshare, ...words];
}

/**
 * Checks that this user can create a private network.
 *
 * @throws {PrivateNetworkError} If not.
 */
export async function requirePrivateNetwork(): Promise<void> {
  if (Deno.build.os !== "linux") throw refusal(`this is ${Deno.build.os}`);
  const reason = await tryPrivateNetwork();
  if (reason !== undefined) throw refusal(reason);
}

/** Tries to start a program in a private network, and returns the reason if it fails. */
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
    // The program `unshare` is missing.
    return (error as Error).message;
  }
}

/**
 * Prepares the private network in which this process was started.
 *
 * @throws {PrivateNetworkError} If the network has anything but a working loopback interface.
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
