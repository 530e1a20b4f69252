import type { Link } from "./ring.ts";
import type { SimulatedExchange } from "./simulate.ts";

/**
 * A link of two parts, through which bytes go at the pace of the slower one: what the worker does
 * with each byte, and a wire.
 *
 * @param work What the worker does, by itself.
 * @param wire Seconds for each byte.
 * @param cores Of the worker; one of them is taken from computing while it does its part.
 */
export function linkOver(
  work: Link,
  wire: number,
  cores: number,
): Pick<SimulatedExchange, "link" | "burden"> {
  const perByte = Math.max(work.perByte, wire);
  return { link: { ...work, perByte }, burden: work.perByte / perByte / cores };
}
