import { loopback } from "../../../lib/distributed/processes/loopback.ts";

/** What may be sent at once, and how long it may wait, before packets are lost. */
const [burst, latency] = ["256kb", "400ms"];

/** Why no slower network can be stood in for here, if so. */
export async function obstacleToShaping(): Promise<string | undefined> {
  try {
    await using _wire = await shapedWire(1e9);
    return undefined;
  } catch (error) {
    return (error as Error).message.trim();
  }
}

/**
 * Makes the private network's loopback as slow as a wire between machines, by Linux's token bucket
 * filter, until it is disposed of.
 *
 * @param bitsPerSecond Of all that is sent, by all workers together.
 */
export async function shapedWire(bitsPerSecond: number): Promise<AsyncDisposable> {
  await tc("add", "tbf", "rate", `${bitsPerSecond}bit`, "burst", burst, "latency", latency);
  return { [Symbol.asyncDispose]: () => tc("del") };
}

async function tc(action: "add" | "del", ...words: readonly string[]): Promise<void> {
  const args = ["qdisc", action, "dev", loopback, "root", ...words];
  const { success, stderr } = await new Deno.Command("tc", { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
