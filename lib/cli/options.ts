import { type Command, Option } from "commander";
import { engineNames } from "../engine/use_engine.ts";
import { UsageError } from "./errors.ts";

/** A parser of whole numbers of at least `least`, for a flag. */
export function whole(flag: string, least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && Number.isSafeInteger(value)) return value;
    throw new UsageError(`${flag} must be a whole number from ${least}. Received: ${text}`);
  };
}

/** A parser of a size in pixels, or of two with a comma between, for a flag. */
export function oneOrTwo(flag: string): (text: string) => number | [number, number] {
  return (text) => {
    const [first, second, ...others] = text.split(",").map((part) =>
      /^\d+$/.test(part) && Number.isSafeInteger(Number(part)) ? Number(part) : NaN
    );
    const two = second ?? first;
    if (first! > 0 && two! > 0 && others.length === 0) {
      return second === undefined ? first! : [first!, second];
    }
    throw new UsageError(
      `${flag} must be a whole number of pixels, or two with a comma between. Received: ${text}`,
    );
  };
}

/** A parser of numbers above `least` (or from it, if `included`), for a flag. */
export function number(
  flag: string,
  least: number,
  included = false,
): (text: string) => number {
  return (text) => {
    const value = Number(text);
    const allowed = text.trim() !== "" && Number.isFinite(value) &&
      (included ? value >= least : value > least);
    if (allowed) return value;
    const bound = included ? "from" : "above";
    throw new UsageError(`${flag} must be a number ${bound} ${least}. Received: ${text}`);
  };
}

/** Collects a flag that may be given several times. */
export function another(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** A flag with a fixed list of values. */
export function choice(flags: string, description: string, values: readonly string[]): Option {
  return new Option(flags, description).choices(values);
}

/** What every command that computes takes. */
export interface EngineFlags {
  engine: "auto" | typeof engineNames[number];
  native: boolean;
}

/** Adds `--engine` and `--no-native`. */
export function addEngineOptions(command: Command): Command {
  return command
    .addOption(
      choice("--engine <name>", "what computes", ["auto", ...engineNames]).default("auto"),
    )
    .option("--no-native", "refuse native code; computes on WebGPU or in WebAssembly");
}
