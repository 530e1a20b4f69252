import { z } from "zod";
import { OptionError } from "../../errors.ts";

/** One setting of a training: its allowed values, and its flag on the command line. */
export interface Setting<Value = unknown> {
  /** The allowed values. Its error message says what they are: `a number above 0`. */
  readonly value: z.ZodType<Value>;
  /** The flag as commander writes it: `--clip-norm <norm>`. Without one only programs can set it. */
  readonly flag?: string | undefined;
  /** The flag's line in `--help`. */
  readonly help?: string | undefined;
  /** The line of the flag's opposite, `--no-…`, if it has one. */
  readonly helpOff?: string;
  /** Shown in `--help`. */
  readonly default?: string | number;
  /**
   * Whose it is, if it does not belong to the run alone. `process`: it does not change what is
   * computed, and may be given beside `resume`. `machine`: a path, which each worker has of its own.
   */
  readonly of?: "process" | "machine";
  /** Has an effect on a linear probe too, which makes no training steps. */
  readonly probe?: true;
}

/** A setting for each field of some options. */
export type SettingsOf<Options> = {
  readonly [Name in keyof Options]-?: Setting<Exclude<Options[Name], undefined>>;
};

export function setting<Value>(
  value: z.ZodType<Value>,
  flag?: string,
  help?: string,
  facts: Omit<Setting, "value" | "flag" | "help"> = {},
): Setting<Value> {
  return { value, flag, help, ...facts };
}

export function wholeNumber(least: number): z.ZodType<number> {
  const rule = `a whole number from ${least}`;
  return z.int(rule).min(least, rule);
}

export function numberFrom(least: number): z.ZodType<number> {
  const rule = `a number from ${least}`;
  return z.number(rule).min(least, rule);
}

export function numberAbove(bound: number): z.ZodType<number> {
  const rule = `a number above ${bound}`;
  return z.number(rule).gt(bound, rule);
}

export function numberBetween(least: number, most: number): z.ZodType<number> {
  const rule = `a number from ${least} to ${most}`;
  return z.number(rule).min(least, rule).max(most, rule);
}

/** A number from 0 to below 1. */
export function share(): z.ZodType<number> {
  const rule = "at least 0 and less than 1";
  return z.number(rule).min(0, rule).lt(1, rule);
}

export function oneOf<const Name extends string>(names: readonly Name[]): z.ZodType<Name> {
  return z.enum(names, `one of ${names.join(", ")}`);
}

export function anyText(): z.ZodType<string> {
  return z.string("text");
}

export function yesOrNo(): z.ZodType<boolean> {
  return z.boolean("true or false");
}

/**
 * Checks one value.
 *
 * @param name What the error calls it.
 * @throws {OptionError} Naming the value and what is allowed.
 */
export function requireAllowed(name: string, schema: z.ZodType, value: unknown): void {
  const issue = schema.safeParse(value).error?.issues[0];
  if (!issue) return;
  const received = issue.path.reduce<unknown>(
    (part, key) => (part as Record<PropertyKey, unknown>)[key],
    value,
  );
  throw new OptionError(
    `${[name, ...issue.path].join(".")} must be ${issue.message}. Received: ${showValue(received)}`,
  );
}

/** A value as an error message shows it. */
export function showValue(value: unknown): string {
  const isList = Array.isArray(value) && value.every((part) => typeof part !== "object");
  return typeof value === "object" && !isList ? JSON.stringify(value) : String(value);
}
