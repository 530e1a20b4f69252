import { figures } from "../report.ts";

/** `2.5 Gbit/s`. */
export function tellWire(bitsPerSecond: number): string {
  return `${bitsPerSecond / 1e9} Gbit/s`;
}

/** `45.3 ms`, `1.20 s`. */
export function tellSeconds(seconds: number): string {
  return seconds < 1 ? `${figures(1000 * seconds)} ms` : `${figures(seconds)} s`;
}

/** `87 %`. */
export function tellShare(share: number): string {
  return `${Math.round(100 * share)} %`;
}
