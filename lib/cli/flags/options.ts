import { type Command, Option } from "commander";
import { z } from "zod";
import type { engineNames, EngineOptions } from "../../engine/engine.ts";
import {
  numberAbove,
  numberFrom,
  type Setting,
  wholeNumber,
} from "../../training/config/setting.ts";
import { trainSettings } from "../../training/config/settings.ts";
import { readClassNames } from "../../weights/classes/read_class_names.ts";
import type { DescribeOptions } from "../../weights/describe.ts";
import { type PreprocessingName, preprocessingNames } from "../../weights/preprocessing.ts";
import { UsageError } from "../errors.ts";
import { logError } from "../progress.ts";

/**
 * Returns a parser of a flag's value: a number, a text, or a comma-separated list of either, whichever the
 * schema allows. A comma after a backslash is a part of a text. The lists of a flag that is repeated are
 * joined, if the schema allows the whole list.
 */
function parser<Value>(
  flag: string,
  schema: z.ZodType<Value>,
): (text: string, before?: unknown) => Value {
  return (text, before) => {
    const parts = text.split(/(?<!\\),/).map((part) => part.replaceAll("\\,", ","));
    const results = [numberIn(text), text, parts.map(numberIn), parts].map((value) =>
      schema.safeParse(value)
    );
    const valid = results.find(({ success }) => success);
    if (valid?.success) return joined(schema, before, valid.data);
    const rule = results[0]?.error?.issues[0]?.message;
    throw new UsageError(`${flag} must be ${rule}. Received: ${text}`);
  };
}

function joined<Value>(schema: z.ZodType<Value>, before: unknown, value: Value): Value {
  if (!Array.isArray(before) || !Array.isArray(value)) return value;
  const { success, data } = schema.safeParse([...before, ...value]);
  return success ? data : value;
}

function numberIn(text: string): number {
  return text.trim() === "" ? NaN : Number(text);
}

/** Returns a parser of whole numbers from `min`, for a flag. */
export function whole(flag: string, min: number): (text: string) => number {
  return parser(flag, wholeNumber(min));
}

/** Returns a parser of numbers above `min` (or from it, if `included`), for a flag. */
export function number(flag: string, min: number, included = false): (text: string) => number {
  return parser(flag, included ? numberFrom(min) : numberAbove(min));
}

/** Collects a flag that may be given several times. */
export function another(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** A flag with a fixed list of values. */
export function choice(flags: string, description: string, values: readonly string[]): Option {
  return new Option(flags, description).choices(values);
}

/** Returns the options of a setting's flag: none, one, or two if there is a `--no-` flag. */
export function optionsFor({ flag, help = "", helpOff, value, ...setting }: Setting): Option[] {
  if (flag === undefined) return [];
  const shown = setting.default === undefined ? help : `${help} (default: ${setting.default})`;
  const option = new Option(flag, shown);
  const choices = choicesOf(value);
  if (choices) option.choices(choices);
  else if (option.required) option.argParser(parser(option.long ?? flag, value));
  return helpOff ? [option, new Option(flag.replace("--", "--no-"), helpOff)] : [option];
}

/** Returns the words that a schema allows, if it allows no other text. */
function choicesOf(schema: z.ZodType): readonly string[] | undefined {
  if (schema instanceof z.ZodEnum) return schema.options.map(String);
  return schema instanceof z.ZodUnion
    ? schema.options.find((option) => option instanceof z.ZodEnum)?.options.map(String)
    : undefined;
}

/** The flags of every command that computes. */
export interface EngineFlags {
  engine: "auto" | typeof engineNames[number];
  native: boolean;
  requireNative?: boolean | undefined;
}

/** Adds `--engine`, `--no-native` and `--require-native`. */
export function addEngineOptions(command: Command): Command {
  for (const option of Object.values(trainSettings.engine).flatMap(optionsFor)) {
    command.addOption(option);
  }
  return command.setOptionValueWithSource("engine", "auto", "default");
}

/** The options of the engine that the flags of {@linkcode addEngineOptions} give. */
export function engineOf({ engine, native, requireNative }: EngineFlags): EngineOptions {
  return { engine, native, ...(requireNative === undefined ? {} : { requireNative }) };
}

/** The flags of commands that read a folder of images whose names of folders are no classes. */
export interface LabelFlags {
  labels?: string;
  labelColumns?: string[];
  labelPattern?: string;
}

/** Adds `--labels`, `--label-columns` and `--label-pattern`. */
export function addLabelOptions(command: Command): void {
  const { labels, labelColumns, labelPattern } = trainSettings.load;
  for (const option of [labels, labelColumns, labelPattern].flatMap(optionsFor)) {
    command.addOption(option);
  }
}

/**
 * Makes the options of loading a data set of the flags that {@linkcode addLabelOptions} adds.
 *
 * @throws {UsageError} If one is given without `--data`.
 */
export function takeLabels<Flags extends LabelFlags & { data?: string }>(
  { labels, labelColumns, labelPattern, ...flags }: Flags,
): Omit<Flags, keyof LabelFlags> & { load: LabelFlags } {
  const load: LabelFlags = {
    ...(labels === undefined ? {} : { labels }),
    ...(labelColumns === undefined ? {} : { labelColumns }),
    ...(labelPattern === undefined ? {} : { labelPattern }),
  };
  const given = labels ?? labelColumns ?? labelPattern;
  if (given !== undefined && flags.data === undefined) {
    throw new UsageError(`labels must be given with --data. Received: ${given}`);
  }
  return { ...flags, load };
}

/** The flags that say what a file of weights does not. */
export interface FileFlags {
  preprocessing?: PreprocessingName;
  size?: number;
  classNames?: string;
}

/** Adds the flags that say what a file of weights does not. */
export function addFileOptions(command: Command): Command {
  return command
    .addOption(
      choice(
        "--preprocessing <name>",
        "preprocessing of a file that does not record it",
        preprocessingNames,
      ),
    )
    .option(
      "--size <px>",
      "input size in pixels, if a file does not record it",
      whole("--size", 32),
    )
    .option(
      "--class-names <file|dir|name|imagenet>",
      "the names of the net's classes: a file (one name per line, CSV or JSON), a data set, or ImageNet's",
    );
}

/** Returns what the flags say of a file of weights. */
export async function describeOptions(
  { preprocessing, size, classNames }: FileFlags,
): Promise<DescribeOptions> {
  return {
    ...(preprocessing ? { preprocessing } : {}),
    ...(size === undefined ? {} : { inputSize: size }),
    ...(classNames === undefined
      ? {}
      : { classNames: await readClassNames(classNames, { onMessage: logError }) }),
  };
}
